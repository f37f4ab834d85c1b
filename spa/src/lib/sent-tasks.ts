import type { Task, TaskStatus } from "./tasks";

/** Tasks whose photo this page has sent. */
const sent = new Set<string>();

export function markSent(taskId: string): void {
  sent.add(taskId);
}

/**
 * The status to show. The API learns some tenths of a second later than this page that a photo has
 * arrived: until then the task waits for its turn, not for its photo.
 */
export const getShownStatus = ({ taskId, status }: Pick<Task, "taskId" | "status">): TaskStatus =>
  status === "awaiting_upload" && sent.has(taskId) ? "queued" : status;

/** Whether something happens to the photo: it moves on without the user. */
export const isUnderWay = (task: Pick<Task, "taskId" | "status">): boolean =>
  ["queued", "processing"].includes(getShownStatus(task));
