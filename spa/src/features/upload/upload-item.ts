import { type Defaults, STRIPS_AT_FIRST } from "@/lib/defaults";
import type { ContentType } from "@/lib/limits";
import type { Detail, Engine, Feature } from "@/lib/tasks";

/** What the API is asked to do with a photo. */
export type Asked = {
  features: Feature[];
  /** How closely to look. If nobody said it, the account's default decides when it is sent. */
  detail?: Detail;
  /** Who recognises it. */
  engine: Engine;
  /** Whether a smaller copy of a large photo is sent instead. */
  shrink: boolean;
};

/** Options that the account's defaults decide where nobody said them. */
type Decided = { detail: Detail | null; stripMetadata: boolean };

export type UploadItem = Asked & {
  /** What the account's defaults gave when it was sent first. A repeat asks for the same. */
  decided?: Decided;
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
  /** What tells it from other files and other wishes; known once it was inspected. */
  fingerprint?: string;
  /** The bytes to send: the file or a smaller copy. */
  picture?: { blob: Blob; contentType: ContentType };
  sentBytes: number;
  bytesPerSecond: number;
  taskId?: string;
};

export const applyDefaults = ({ detail }: Asked, defaults: Defaults): Decided => ({
  detail: detail ?? defaults.detail ?? null,
  stripMetadata: defaults.stripMetadata ?? STRIPS_AT_FIRST,
});

/** Shown as a photo. A file is first inspected, so that none appears and vanishes. */
export const isAccepted = ({ status, fingerprint }: UploadItem) =>
  fingerprint !== undefined && status !== "refused";

export const isActive = ({ status }: UploadItem) =>
  status === "checking" || status === "waiting" || status === "sending" || status === "paused";

export const isShrunk = ({ file, picture }: UploadItem) =>
  picture !== undefined && picture.blob !== file;

/** A photo that somebody has just added. */
export function createItem(
  file: File,
  { id = createId(), ...asked }: Asked & Partial<UploadItem>,
): UploadItem {
  return {
    id,
    name: file.name,
    file,
    previewUrl: URL.createObjectURL(file),
    width: null,
    height: null,
    status: "checking",
    ...asked,
    sentBytes: 0,
    bytesPerSecond: 0,
  };
}

/** crypto.randomUUID exists on https and localhost only. */
const createId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
