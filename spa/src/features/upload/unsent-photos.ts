import type { UploadItem } from "./upload-item";

const KEY = "spotter.unsent";

export type UnsentPhoto = { name: string; taskId?: string };

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
    sessionStorage.setItem(KEY, text);
  }
}

const isUnsent = ({ status }: UploadItem) => !["refused", "duplicate", "sent"].includes(status);

function read(): UnsentPhoto[] {
  const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  sessionStorage.removeItem(KEY);
  return Array.isArray(stored) ? (stored as UnsentPhoto[]) : [];
}
