import type { QueryClient } from "@tanstack/react-query";

import type { Api } from "./api";
import { ApiError, type AppError, toAppError } from "./errors";
import { Store } from "./store";
import { deleteTask, forgetTask } from "./tasks";

const PENDING = "spotter.deletions";

type Options = {
  onDeleted: (taskId: string) => void;
  onFailed: (error: AppError) => void;
};

/** Tasks that are out of sight and can still be brought back. */
export class Deletions extends Store<ReadonlySet<string>> {
  constructor(
    private readonly api: Api,
    private readonly queries: QueryClient,
    private readonly options: Options,
  ) {
    super(new Set(readPending()));
    // What is left after a reload: then there was no time to delete it, or no network.
    this.subscribe(() => {
      sessionStorage.setItem(PENDING, JSON.stringify([...this.state]));
    });
  }

  hide(taskIds: readonly string[]): void {
    this.set(new Set([...this.state, ...taskIds]));
  }

  undo(taskIds: readonly string[]): void {
    this.set(new Set([...this.state].filter((taskId) => !taskIds.includes(taskId))));
  }

  /** Delete for good what was not brought back. */
  async commit(taskIds: readonly string[]): Promise<void> {
    const hidden = taskIds.filter((taskId) => this.state.has(taskId));
    await Promise.all(hidden.map((taskId) => this.delete(taskId)));
  }

  /** The page goes away: nobody can undo any more. */
  async commitAll(): Promise<void> {
    await this.commit([...this.state]);
  }

  /** Somebody else may sign in: what is left is none of theirs. */
  clear(): void {
    this.set(new Set());
  }

  private async delete(taskId: string): Promise<void> {
    try {
      await deleteTask(this.api, taskId);
      forgetTask(this.queries, taskId);
      this.options.onDeleted(taskId);
    } catch (error) {
      // Deleted twice, from two tabs perhaps: it is gone, and that was the wish.
      if (error instanceof ApiError && error.status === 404) forgetTask(this.queries, taskId);
      else this.options.onFailed(toAppError(error));
    } finally {
      this.undo([taskId]);
    }
  }
}

function readPending(): string[] {
  const stored: unknown = JSON.parse(sessionStorage.getItem(PENDING) ?? "[]");
  return Array.isArray(stored) ? stored.map(String) : [];
}
