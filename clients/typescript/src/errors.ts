/** The base of all errors of this package. `code` is stable; new codes may come. */
export class SpotterError extends Error {
  constructor(
    readonly code: string,
    message: string = code,
  ) {
    super(message);
    this.name = "SpotterError";
  }
}

/** No answer: the network is gone or the host cannot be reached. */
export class OfflineError extends SpotterError {
  constructor() {
    super("offline");
    this.name = "OfflineError";
  }
}

/** The API refused the request, with the code of its problem details (RFC 9457). */
export class ApiError extends SpotterError {
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

/** The photo could not be recognised. */
export class TaskFailedError extends SpotterError {
  constructor(code: string, message: string) {
    super(code, message);
    this.name = "TaskFailedError";
  }
}
