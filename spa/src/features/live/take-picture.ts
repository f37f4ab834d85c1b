import { AppError } from "@/lib/errors";

/** A frame that the service takes: docs/api/openapi.json. */
const FRAME = { longestPx: 640, mostBytes: 256 * 1024 };
const FRAME_QUALITIES = [0.8, 0.6, 0.4, 0.2];
const PHOTO_QUALITY = 0.92;

/** A small picture of what the camera sees now, to send as a frame. */
export async function takeFrame(video: HTMLVideoElement): Promise<Blob> {
  const canvas = draw(video, FRAME.longestPx);
  for (const quality of FRAME_QUALITIES) {
    const blob = await encode(canvas, quality);
    if (blob.size <= FRAME.mostBytes) return blob;
  }
  throw new AppError("camera_failed");
}

/** The whole picture, to keep as a photo. */
export const takePhoto = (video: HTMLVideoElement): Promise<Blob> =>
  encode(draw(video, Infinity), PHOTO_QUALITY);

/** Scale to a longest side, and never up. */
export function fit(width: number, height: number, longest: number) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function draw(video: HTMLVideoElement, longest: number): OffscreenCanvas {
  const { width, height } = fit(video.videoWidth, video.videoHeight, longest);
  // A camera that has just started has no picture yet.
  if (width === 0 || height === 0) throw new AppError("camera_failed");
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new AppError("camera_failed");
  context.drawImage(video, 0, 0, width, height);
  return canvas;
}

const encode = (canvas: OffscreenCanvas, quality: number): Promise<Blob> =>
  canvas.convertToBlob({ type: "image/jpeg", quality });
