import type { Task } from "./tasks";

/** Errors after which the same picture can succeed later. After the others it never will. */
const PASSING = new Set([
  "retries_exhausted",
  "internal_error",
  "cancelled",
  "model_not_offered",
  "model_failed",
]);

export const canRetry = ({ status, error }: Pick<Task, "status" | "error">) =>
  status === "failed" && PASSING.has(error?.code ?? "internal_error");
