import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { fit, takeFrame, takePhoto } from "./take-picture";

const KB = 1024;

let tried: number[];
let bytesAtFull: number;

/** A canvas whose JPEGs grow with the quality. Node has none. */
class FakeCanvas {
  constructor(
    readonly width: number,
    readonly height: number,
  ) {}
  getContext = () => ({ drawImage: () => undefined });
  convertToBlob = ({ quality }: { quality: number }) => {
    tried.push(quality);
    return Promise.resolve(new Blob([new Uint8Array(bytesAtFull * quality)]));
  };
}

beforeEach(() => {
  tried = [];
  vi.stubGlobal("OffscreenCanvas", FakeCanvas);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const buildVideo = (videoWidth: number, videoHeight: number) =>
  ({ videoWidth, videoHeight }) as HTMLVideoElement;

test("a frame is scaled to its longest side and never up", () => {
  expect(fit(1280, 720, 640)).toEqual({ width: 640, height: 360 });
  expect(fit(720, 1280, 640)).toEqual({ width: 360, height: 640 });
  expect(fit(320, 240, 640)).toEqual({ width: 320, height: 240 });
});

test("a frame that is too large is made again with less quality", async () => {
  bytesAtFull = 600 * KB;

  const frame = await takeFrame(buildVideo(1280, 720));

  expect(tried).toEqual([0.8, 0.6, 0.4]);
  expect(frame.size).toBeLessThanOrEqual(256 * KB);
});

test("a photo to keep may be larger", async () => {
  bytesAtFull = 600 * KB;

  const photo = await takePhoto(buildVideo(1280, 720));

  expect(photo.size).toBeGreaterThan(256 * KB);
});

test("a camera without a picture yet gives no frame", async () => {
  await expect(takeFrame(buildVideo(0, 0))).rejects.toMatchObject({ code: "camera_failed" });
});
