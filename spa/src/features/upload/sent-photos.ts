import { readList, storeList } from "./tab-list";

const KEY = "spotter.sent";
/** More would take space from other data of the session. */
const MOST = 500;

/**
 * The photos that this session has sent, by digest, so that a duplicate is noticed after a reload
 * too. They are kept as long as the tokens: in this tab, until the user signs out.
 */
export class SentPhotos {
  private readonly tasks = new Map(readList(KEY).filter(isEntry));

  find(fingerprint: string): string | undefined {
    return this.tasks.get(fingerprint);
  }

  remember(fingerprint: string, taskId: string): void {
    this.tasks.delete(fingerprint);
    this.tasks.set(fingerprint, taskId);
    const [oldest] = this.tasks.keys();
    if (this.tasks.size > MOST && oldest) this.tasks.delete(oldest);
    this.store();
  }

  /** Forget a deleted task, so that its photo can be sent again. */
  forget(taskId: string): void {
    for (const [fingerprint, known] of this.tasks) {
      if (known === taskId) this.tasks.delete(fingerprint);
    }
    this.store();
  }

  clear(): void {
    this.tasks.clear();
    this.store();
  }

  private store(): void {
    storeList(KEY, [...this.tasks]);
  }
}

const isEntry = (entry: unknown): entry is [string, string] =>
  Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === "string");
