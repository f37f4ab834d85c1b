import { ApiError, type AppError } from "@/lib/errors";

const LIMITED_STATUS = 429;
/** The page shows longer waits: the user has used up what one account may send in a day. */
const LONGEST_SILENT_WAIT_MS = 60_000;
const BUSY_STATUSES = new Set([502, 503, 504]);

/** Too many photos at once: the others wait a moment. */
export const isLimited = (error: AppError): error is ApiError =>
  error instanceof ApiError &&
  error.status === LIMITED_STATUS &&
  (error.retryAfterMs ?? 0) <= LONGEST_SILENT_WAIT_MS;

/** The service is away for a moment. */
export const isBusy = (error: AppError) =>
  error instanceof ApiError &&
  BUSY_STATUSES.has(error.status) &&
  (error.retryAfterMs ?? 0) <= LONGEST_SILENT_WAIT_MS;
