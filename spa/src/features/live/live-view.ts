import { AppError, toAppError } from "@/lib/errors";
import { LIKELY, pickShown } from "@/lib/labels";
import type { Push } from "@/lib/push";
import { Store } from "@/lib/store";

import { BoxTracks } from "./box-tracks";
import { type Camera, closeCamera, findCameraId, listCameras, openCamera } from "./camera";
import { LiveLoop } from "./live-loop";
import { NamesInView } from "./names-in-view";
import type { StreamApi } from "./stream-api";
import { takeFrame, takePhoto } from "./take-picture";

export type ViewState = {
  /** Asking: the browser asks the user, or the camera starts. */
  status: "off" | "asking" | "on";
  /** Why the camera is off, if the user did not stop it. */
  error: AppError | null;
  cameras: Camera[];
  cameraId: string | null;
};

/** Code of the stop that is no fault: the page was hidden. */
export const HIDDEN = "camera_hidden";

type Options = { streams: StreamApi; push: Push };

/** A camera with what is recognised in it. It lives outside React, because video does. */
export class LiveView extends Store<ViewState> {
  readonly loop: LiveLoop;
  readonly tracks = new BoxTracks();
  readonly names = new NamesInView();
  private video: HTMLVideoElement | null = null;
  private camera: MediaStream | undefined;
  /** Counts starts and stops, so that an answer that comes late is known as late. */
  private turn = 0;

  constructor({ streams, push }: Options) {
    super({ status: "off", error: null, cameras: [], cameraId: null });
    this.loop = new LiveLoop({
      streams,
      push,
      takeFrame: () => takeFrame(this.getVideo()),
      onLabels: (labels) => {
        const [shown, now] = [pickShown(labels, LIKELY), performance.now()];
        this.tracks.update(shown, now);
        this.names.update(shown, now);
      },
    });
    this.loop.subscribe(() => {
      const { state } = this.loop;
      if (state.status === "off" && this.state.status === "on") this.stop(state.error);
    });
  }

  /** The element that shows the camera. */
  attach(video: HTMLVideoElement | null): void {
    this.video = video;
  }

  /** Start a camera, or another one. */
  async start(id: string | null = null): Promise<void> {
    this.stop();
    const turn = ++this.turn;
    this.set({ ...this.state, status: "asking", error: null, cameraId: id });
    try {
      const camera = await openCamera(id);
      if (turn !== this.turn) {
        closeCamera(camera);
        return;
      }
      await this.show(camera);
      const cameras = await listCameras();
      if (turn !== this.turn) return;
      this.set({ status: "on", error: null, cameras, cameraId: findCameraId(camera) });
      this.loop.start();
    } catch (error) {
      if (turn === this.turn) this.stop(toAppError(error));
    }
  }

  /** Stop the camera and everything that is sent. */
  stop(error: AppError | null = null): void {
    this.turn += 1;
    if (this.state.status === "off" && !error) return;
    this.set({ ...this.state, status: "off", error });
    this.loop.stop();
    this.tracks.clear();
    this.names.clear();
    if (this.camera) closeCamera(this.camera);
    this.camera = undefined;
    if (this.video) this.video.srcObject = null;
  }

  /** What the camera sees now, as a photo. */
  async takePhoto(): Promise<File> {
    const blob = await takePhoto(this.getVideo());
    return new File([blob], `${nameMoment(new Date())}.jpg`, { type: blob.type });
  }

  private async show(camera: MediaStream): Promise<void> {
    this.camera = camera;
    camera.getVideoTracks()[0]?.addEventListener("ended", () => {
      if (this.camera === camera) this.stop(new AppError("camera_lost"));
    });
    const video = this.getVideo();
    video.srcObject = camera;
    await video.play();
  }

  private getVideo(): HTMLVideoElement {
    if (!this.video) throw new Error("No video element is attached");
    return this.video;
  }
}

/** A file name that sorts by time: camera 2026-11-30 08.15.22 */
function nameMoment(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(".");
  return `camera ${day} ${time}`;
}
