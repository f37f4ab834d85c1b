/** Errors that a person sees. `code` picks the words: `errors.<code>` in the locales. */
export class AppError extends Error {
  constructor(
    readonly code: string,
    message: string = code,
  ) {
    super(message);
    this.name = "AppError";
  }
}

/** No answer came: the network is gone or the host is out of reach. */
export class OfflineError extends AppError {
  constructor() {
    super("offline");
    this.name = "OfflineError";
  }
}

/** The session is over. Whatever was asked for goes on after the next sign-in. */
export class SessionEndedError extends AppError {
  constructor() {
    super("session_ended");
    this.name = "SessionEndedError";
  }
}

/** The API refused, with the code of its problem details (RFC 9457). */
export class ApiError extends AppError {
  constructor(
    readonly status: number,
    code: string,
    message: string,
    /** When the API wants to be asked again, if it said so. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(code, message);
    this.name = "ApiError";
  }
}

/** Whether the same request may well be answered when it is sent again. */
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
