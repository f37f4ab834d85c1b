import type { ContentType } from "@/lib/limits";
import type { Detail, Feature } from "@/lib/tasks";

/** What the API is asked to do with a photo. */
export type Asked = {
  features: Feature[];
  /** How closely to look. If nobody said it, the account's default decides when it is sent. */
  detail?: Detail;
};

export type UploadItem = Asked & {
  /** Whether the API removes place and camera before it stores it. Decided when it is sent. */
  stripMetadata?: boolean;
  id: string;
  name: string;
  file: File;
  /** An object URL, so that the thumbnail shows before anything is sent. */
  previewUrl: string;
  width: number | null;
  height: number | null;
  status:
    | "checking"
    /** The photo breaks a limit of the API and is not sent. */
    | "refused"
    | "duplicate"
    | "waiting"
    | "sending"
    /** Paused until the network is back or the user has signed in again. */
    | "paused"
    | "failed"
    /** The photo has become a task. */
    | "sent";
  pausedBy?: "offline" | "session";
  errorCode?: string;
  errorText?: string;
  fingerprint?: string;
  /** The bytes to send: the file or a smaller copy. */
  picture?: { blob: Blob; contentType: ContentType };
  sentBytes: number;
  bytesPerSecond: number;
  taskId?: string;
};

export const isActive = ({ status }: UploadItem) =>
  status === "checking" || status === "waiting" || status === "sending" || status === "paused";

export const isShrunk = ({ file, picture }: UploadItem) =>
  picture !== undefined && picture.blob !== file;
