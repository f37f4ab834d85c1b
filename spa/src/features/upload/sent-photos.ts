const KEY = "spotter.sent";
/** More would only be in the way of what else a session keeps. */
const MOST = 500;

/**
 * The photos that this session has sent, by the digest of each, so that one is noticed after a
 * reload too. They are kept as long as the tokens are: for this tab, until its user leaves.
 */
export class SentPhotos {
  private readonly tasks = new Map(read());

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

  /** The task was deleted: its photo is as good as new. */
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
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...this.tasks]));
    } catch {
      // The storage is full: then a repeat is not noticed after a reload.
    }
  }
}

function read(): [string, string][] {
  const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  return Array.isArray(stored) ? stored.filter(isEntry) : [];
}

const isEntry = (entry: unknown): entry is [string, string] =>
  Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === "string");
