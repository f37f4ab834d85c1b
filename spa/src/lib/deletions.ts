import type { QueryClient } from "@tanstack/react-query";

import type { Api } from "./api";
import { forgetDouble } from "./doubles";
import { ApiError, type AppError, toAppError } from "./errors";
import { Store } from "./store";
import { deleteTask, forgetTask } from "./tasks";

const PENDING = "spotter.deletions";
/** More at once would be refused as too many requests. */
const AT_ONCE = 8;

type Options = {
  onDeleted: (taskId: string) => void;
  onFailed: (error: AppError) => void;
};

/** Deleted tasks that are hidden and can still be restored. */
export class Deletions extends Store<ReadonlySet<string>> {
  constructor(
    private readonly api: Api,
    private readonly queries: QueryClient,
    private readonly options: Options,
  ) {
    super(new Set(readPending()));
    // Deletions that a reload interrupted or that had no network.
    this.subscribe(() => {
      sessionStorage.setItem(PENDING, JSON.stringify([...this.state]));
    });
  }

  hide(taskIds: readonly string[]): void {
    this.set(new Set([...this.state, ...taskIds]));
  }

  undo(taskIds: readonly string[]): void {
    const shown = new Set(taskIds);
    this.set(new Set([...this.state].filter((taskId) => !shown.has(taskId))));
  }

  /** Delete for good those of the tasks that were not restored, a few at a time. */
  async commit(taskIds: readonly string[] = [...this.state]): Promise<void> {
    const hidden = taskIds.filter((taskId) => this.state.has(taskId));
    for (let at = 0; at < hidden.length; at += AT_ONCE) {
      const some = hidden.slice(at, at + AT_ONCE);
      await Promise.all(some.map((taskId) => this.delete(taskId)));
      this.undo(some);
    }
  }

  /** Send all deletions now, because the page closes and undo ends. */
  async commitAll(): Promise<void> {
    const hidden = [...this.state];
    await Promise.all(hidden.map((taskId) => this.delete(taskId)));
    this.undo(hidden);
  }

  /** Drop all pending deletions before another user signs in. */
  clear(): void {
    this.set(new Set());
  }

  private async delete(taskId: string): Promise<void> {
    try {
      await deleteTask(this.api, taskId);
      this.forget(taskId);
      this.options.onDeleted(taskId);
    } catch (error) {
      // Already deleted, perhaps from another tab: that is a success.
      if (error instanceof ApiError && error.status === 404) this.forget(taskId);
      else this.options.onFailed(toAppError(error));
    }
  }

  private forget(taskId: string): void {
    forgetTask(this.queries, taskId);
    forgetDouble(this.queries, taskId);
  }
}

function readPending(): string[] {
  const stored: unknown = JSON.parse(sessionStorage.getItem(PENDING) ?? "[]");
  return Array.isArray(stored) ? stored.map(String) : [];
}
