import { KeptFiles } from "./kept-files";
import { readList, storeList } from "./tab-list";
import type { Asked, UploadItem } from "./upload-item";

const KEY = "spotter.unsent";

/** What is needed to send a photo again as it was asked for. */
export type UnsentPhoto = Asked & Pick<UploadItem, "id" | "name" | "decided" | "taskId">;

/** The photos that are not sent yet, so that a page that was reloaded can send or name them. */
export class UnsentPhotos {
  /** What the page before this one had not sent. */
  readonly left: readonly UnsentPhoto[] = read();
  readonly files = new KeptFiles();
  private stored = "";
  private ids: readonly string[] = [];

  note(items: readonly UploadItem[]): void {
    const unsent = items.filter(isUnsent).map(describe);
    const text = JSON.stringify(unsent);
    if (text === this.stored) return; // Progress changes many times a second
    this.stored = text;
    storeList(KEY, unsent);
    const ids = new Set(unsent.map(({ id }) => id));
    for (const id of this.ids) if (!ids.has(id)) void this.files.drop(id);
    this.ids = [...ids];
  }
}

const isUnsent = ({ status }: UploadItem) => !["refused", "duplicate", "sent"].includes(status);

const describe = (item: UploadItem): UnsentPhoto => {
  const { id, name, features, detail, engine, shrink, decided, taskId } = item;
  const known = {
    ...(detail && { detail }),
    ...(decided && { decided }),
    ...(taskId && { taskId }),
  };
  return { id, name, features, engine, shrink, ...known };
};

function read(): UnsentPhoto[] {
  const stored = readList(KEY) as UnsentPhoto[];
  sessionStorage.removeItem(KEY);
  return stored;
}
