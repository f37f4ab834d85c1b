import { readList, storeList } from "./tab-list";
import type { UploadItem } from "./upload-item";

const KEY = "spotter.unsent";

type UnsentPhoto = { name: string; taskId?: string };

/** The photos that are not sent yet, so that a page that was closed or reloaded can name them. */
export class UnsentPhotos {
  /** What the page before this one had not sent. */
  readonly left: readonly UnsentPhoto[] = read();
  private stored = "";

  note(items: readonly UploadItem[]): void {
    const unsent = items.filter(isUnsent).map(({ name, taskId }): UnsentPhoto => ({
      name,
      ...(taskId && { taskId }),
    }));
    const text = JSON.stringify(unsent);
    if (text === this.stored) return; // Progress changes many times a second
    this.stored = text;
    storeList(KEY, unsent);
  }
}

const isUnsent = ({ status }: UploadItem) => !["refused", "duplicate", "sent"].includes(status);

function read(): UnsentPhoto[] {
  const stored = readList(KEY) as UnsentPhoto[];
  sessionStorage.removeItem(KEY);
  return stored;
}
