import type { Api } from "@/lib/api";
import { deleteTask, readTask } from "@/lib/tasks";

/** Errors are ignored: a task without a picture expires by itself, and History shows others. */
export function abandonTask(api: Api, taskId: string): void {
  deleteTask(api, taskId).catch(() => undefined);
}

/**
 * Delete a task unless its photo has arrived after all.
 *
 * @returns Whether its photo is lost.
 */
export async function dropTask(api: Api, taskId: string): Promise<boolean> {
  const task = await readTask(api, taskId).catch(() => undefined);
  if (task && task.status !== "awaiting_upload") return false;
  // A task that could not be read may have its photo. If it has none, it expires by itself.
  if (task) abandonTask(api, taskId);
  return true;
}
