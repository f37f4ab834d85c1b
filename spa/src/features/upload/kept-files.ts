import { clear, createStore, del, entries, get, set } from "idb-keyval";

const LONGEST_MS = 24 * 3_600_000;

type Kept = { file: File; at: number };

/**
 * Files that are not sent yet, in the IndexedDB of this browser: a page that was reloaded sends
 * them. A browser that refuses the space keeps none, and the user chooses them again.
 */
export class KeptFiles {
  private store: ReturnType<typeof createStore> | undefined;

  async keep(id: string, file: File): Promise<void> {
    const kept: Kept = { file, at: Date.now() };
    await this.attempt((store) => set(id, kept, store));
  }

  async find(id: string): Promise<File | undefined> {
    const kept = await this.attempt((store) => get<Kept>(id, store));
    return kept?.file;
  }

  async drop(id: string): Promise<void> {
    await this.attempt((store) => del(id, store));
  }

  /** Drop the files of tabs that were closed a day ago or earlier. */
  async dropOld(): Promise<void> {
    const all = (await this.attempt((store) => entries<string, Kept>(store))) ?? [];
    const old = all.filter(([, { at }]) => Date.now() - at > LONGEST_MS);
    await Promise.all(old.map(([id]) => this.drop(id)));
  }

  async clear(): Promise<void> {
    await this.attempt(clear);
  }

  /** No upload stops because the browser keeps no files. */
  private async attempt<Result>(
    action: (store: ReturnType<typeof createStore>) => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      this.store ??= createStore("spotter-uploads", "unsent");
      return await action(this.store);
    } catch {
      return undefined;
    }
  }
}
