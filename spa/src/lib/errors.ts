import { ApiError, OfflineError, SpotterError as AppError } from "@client";

/** Errors that the user sees. `code` selects the text: `errors.<code>` in the locales. */
export { ApiError, AppError, OfflineError };

/** The session has ended. The request continues after the next sign-in. */
export class SessionEndedError extends AppError {
  constructor() {
    super("session_ended");
    this.name = "SessionEndedError";
  }
}

/** Whether the same request may succeed when it is sent again. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429;
  return error instanceof AppError && !(error instanceof SessionEndedError);
}

export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  // fetch reports every failure to get an answer as a TypeError.
  if (error instanceof TypeError) return new OfflineError();
  return new AppError("internal_error", String(error));
}
