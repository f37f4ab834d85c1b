import { AppError } from "@/lib/errors";

export type Camera = { id: string; name: string };

/** The browser's name of an error to ours, which selects the text. */
const CODES: Readonly<Partial<Record<string, string>>> = {
  NotAllowedError: "camera_refused",
  SecurityError: "camera_refused",
  NotFoundError: "camera_missing",
  OverconstrainedError: "camera_missing",
  NotReadableError: "camera_in_use",
  AbortError: "camera_in_use",
};

/**
 * Ask for a camera and start it. Sound is never asked for.
 *
 * @param id The camera, or the browser's choice: on a phone the one on the back.
 * @throws AppError whose text says what to do.
 */
export async function openCamera(id: string | null): Promise<MediaStream> {
  // Browsers hide cameras from pages without https, except on this machine.
  if (!("mediaDevices" in navigator)) throw new AppError("camera_insecure");
  const choice = id ? { deviceId: { exact: id } } : { facingMode: "environment" };
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...choice, ...size } });
  } catch (error) {
    const { name, message } = error as DOMException;
    throw new AppError(CODES[name] ?? "camera_failed", message);
  }
}

/** The cameras by name. Browsers tell the names only after the user has allowed a camera. */
export async function listCameras(): Promise<Camera[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind, label }) => kind === "videoinput" && label !== "")
    .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
}

export function closeCamera(camera: MediaStream): void {
  camera.getTracks().forEach((track) => {
    track.stop();
  });
}

export const findCameraId = (camera: MediaStream): string | null =>
  camera.getVideoTracks()[0]?.getSettings().deviceId ?? null;
