/** Errors that the user sees. `code` selects the text: `errors.<code>` in the locales. */
export class AppError extends Error {
  constructor(
    readonly code: string,
    message: string = code,
  ) {
    super(message);
    this.name = "AppError";
  }
}

/** No answer: the network is gone or the host cannot be reached. */
export class OfflineError extends AppError {
  constructor() {
    super("offline");
    this.name = "OfflineError";
  }
}

/** The session has ended. The request continues after the next sign-in. */
export class SessionEndedError extends AppError {
  constructor() {
    super("session_ended");
    this.name = "SessionEndedError";
  }
}

/** The API refused the request, with the code of its problem details (RFC 9457). */
export class ApiError extends AppError {
  constructor(
    readonly status: number,
    code: string,
    message: string,
    /** The Retry-After of the API, if it sent one. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(code, message);
    this.name = "ApiError";
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
