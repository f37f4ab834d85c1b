import { imageDimensionsFromData } from "image-dimensions";

import { AppError } from "./errors";
import { type ContentType, LIMITS } from "./limits";
import { findFrameError, sniffType } from "./sniff";

/** The models read fewer than 400 px a side: a larger photo only takes longer to upload. */
const SHRUNK_SIDE_PX = 2048;
const LARGE_BYTES = 1_000_000;
const QUALITY = 0.88;

export type ImageFacts = {
  contentType: ContentType;
  width: number;
  height: number;
  /** Two files with the same fingerprint are the same file. */
  fingerprint: string;
};

/**
 * Check a file before it is sent.
 *
 * @throws AppError with the code that the API would answer with.
 */
export async function inspectImage(file: File): Promise<ImageFacts> {
  if (file.size === 0) throw new AppError("empty_image");
  if (file.size > LIMITS.maxBytes) throw new AppError("image_too_large");
  const data = new Uint8Array(await readBytes(file));
  const contentType = sniffType(data);
  if (!contentType) throw new AppError("unsupported_format");
  const frameError = findFrameError(data, contentType);
  if (frameError) throw new AppError(frameError);
  const size = imageDimensionsFromData(data);
  if (!size) throw new AppError("unreadable_image");
  const { width, height } = size;
  if (width * height > LIMITS.maxPixels) throw new AppError("too_many_pixels");
  if (Math.min(width, height) < LIMITS.minSidePx) throw new AppError("image_too_small");
  return { contentType, width, height, fingerprint: await fingerprint(data, file) };
}

async function readBytes(file: File): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch {
    // A folder, or a file that was moved since it was chosen
    throw new AppError("unreadable_file");
  }
}

async function fingerprint(data: Uint8Array<ArrayBuffer>, file: File): Promise<string> {
  // Browsers hash on https and localhost only. Elsewhere use name, size and date of the file.
  if (!("subtle" in crypto)) return `${file.name}/${file.size}/${file.lastModified}`;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** JPEG has no transparency, and a canvas would draw it black. Cameras write none. */
const OPAQUE = new Set<ContentType>(["image/jpeg", "image/heic"]);

export type SizedImage = { blob: Blob; contentType: ContentType; width: number; height: number };

export const isLarge = (file: File, { width, height }: ImageFacts) =>
  file.size > LARGE_BYTES && Math.max(width, height) > SHRUNK_SIDE_PX;

/**
 * Make a smaller copy of a large photo, upright and without EXIF.
 *
 * @returns undefined if this browser cannot make a smaller copy.
 */
export async function shrinkImage(
  file: File,
  contentType: ContentType,
): Promise<SizedImage | undefined> {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = SHRUNK_SIDE_PX / Math.max(bitmap.width, bitmap.height);
    const width = Math.round(bitmap.width * scale);
    const height = Math.round(bitmap.height * scale);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    if (!context) return undefined;
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    const type = OPAQUE.has(contentType) ? "image/jpeg" : "image/webp";
    const blob = await canvas.convertToBlob({ type, quality: QUALITY });
    const isSmaller = blob.size < file.size && blob.type === type;
    return isSmaller ? { blob, contentType: type, width, height } : undefined;
  } catch {
    return undefined;
  }
}
