import type { ContentType } from "@/lib/limits";

export type UploadItem = {
  id: string;
  name: string;
  file: File;
  /** An object URL: the thumbnail is there before anything is sent. */
  previewUrl: string;
  width: number | null;
  height: number | null;
  status:
    | "checking"
    /** It breaks a published limit, so it is not sent at all. */
    | "refused"
    | "duplicate"
    | "waiting"
    | "sending"
    /** Until the network is back or its user has signed in again. */
    | "paused"
    | "failed"
    /** It is a task now. */
    | "sent";
  pausedBy?: "offline" | "session";
  errorCode?: string;
  errorText?: string;
  fingerprint?: string;
  /** What is sent: the file or a smaller copy. */
  picture?: { blob: Blob; contentType: ContentType };
  sentBytes: number;
  bytesPerSecond: number;
  taskId?: string;
};

export const isActive = ({ status }: UploadItem) =>
  status === "checking" || status === "waiting" || status === "sending" || status === "paused";

export const isShrunk = ({ file, picture }: UploadItem) =>
  picture !== undefined && picture.blob !== file;
