import { act, cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { forgetAnnouncements } from "@/components/announcer";
import { buildLabel } from "@/testing/examples";
import { buildBusy, FakeLive } from "@/testing/live";
import { renderPart } from "@/testing/services";

import { LivePage } from "./live-page";

type Track = EventTarget & { stop: () => void; isStopped: boolean };

let live: FakeLive;
let tracks: Track[];
let asked: MediaStreamConstraints[];
let openError: string | null;
let kept: File[];

/** A camera as the browser gives it. jsdom has none, and no canvas. */
function buildCamera(id: string) {
  const track: Track = Object.assign(new EventTarget(), {
    isStopped: false,
    stop: () => {
      track.isStopped = true;
    },
    getSettings: () => ({ deviceId: id }),
  });
  tracks.push(track);
  return { getTracks: () => [track], getVideoTracks: () => [track] };
}

class FakeCanvas {
  constructor(
    readonly width: number,
    readonly height: number,
  ) {}
  getContext = () => ({ drawImage: () => undefined });
  convertToBlob = ({ type }: { type: string }) =>
    Promise.resolve(new Blob([`${this.width} x ${this.height}`], { type }));
}

beforeEach(() => {
  forgetAnnouncements();
  live = new FakeLive();
  [tracks, asked, kept, openError] = [[], [], [], null];
  const cameras = ["front", "back"];
  vi.stubGlobal("OffscreenCanvas", FakeCanvas);
  Object.assign(navigator, {
    mediaDevices: {
      getUserMedia: (constraints: MediaStreamConstraints) => {
        asked.push(constraints);
        if (openError) return Promise.reject(new DOMException("No", openError));
        const { deviceId } = constraints.video as { deviceId?: { exact: string } };
        return Promise.resolve(buildCamera(deviceId?.exact ?? "back"));
      },
      enumerateDevices: () =>
        Promise.resolve([
          { kind: "audioinput", deviceId: "microphone", label: "Microphone" },
          ...cameras.map((id) => ({ kind: "videoinput", deviceId: id, label: `${id} camera` })),
        ]),
    },
  });
  const video = HTMLVideoElement.prototype;
  vi.spyOn(video, "play").mockImplementation(() => Promise.resolve());
  vi.spyOn(video, "videoWidth", "get").mockReturnValue(1280);
  vi.spyOn(video, "videoHeight", "get").mockReturnValue(720);
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});
afterEach(async () => {
  cleanup();
  await live.untilEnded();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "mediaDevices");
  Reflect.deleteProperty(document, "hidden");
});

async function openPage() {
  const built = await renderPart(
    <LivePage keep={(photo) => void kept.push(photo)} kept={null} />,
    "/live",
  );
  return built;
}

const click = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const untilWatching = () => screen.findByText(/frames a second/);

test("the camera starts, names appear, and it stops", async () => {
  live.answer = () => ({ labels: [buildLabel("dog", 91, { boxes: [91] })] });
  await openPage();
  expect(screen.getByText("The camera is off.")).toBeVisible();
  expect(asked).toEqual([]);

  await click("Start the camera");
  await untilWatching();

  expect(screen.getByText("dog")).toBeVisible();
  expect(screen.getByText("91%")).toBeVisible();
  expect(asked[0]?.audio).toBeUndefined();

  await click("Stop");

  expect(tracks.map(({ isStopped }) => isStopped)).toEqual([true]);
  expect(screen.getByText("The camera is off.")).toBeVisible();
  await waitFor(() => {
    expect(live.removed).toEqual(["stream-1"]);
  });
});

test("frames are at most 640 px a side and photos have the full size", async () => {
  await openPage();
  await click("Start the camera");
  await untilWatching();

  await click("Keep this moment");

  expect(live.frames[0]?.bytes).toBe("640 x 360".length);
  expect(kept[0]?.size).toBe("1280 x 720".length);
  expect(kept[0]?.type).toBe("image/jpeg");
  expect(kept[0]?.name).toMatch(/^camera \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.jpg$/);
});

test.each([
  ["NotAllowedError", /This page may not use the camera/],
  ["NotFoundError", /There is no camera/],
  ["NotReadableError", /Close the other programs/],
  ["TypeError", /The camera does not work/],
])("%s is told in plain words, and the camera can be started again", async (name, text) => {
  openError = name;
  await openPage();
  await click("Start the camera");
  expect(await screen.findByRole("alert")).toHaveTextContent(text);

  openError = null;
  await click("Start the camera");

  await untilWatching();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a page without https says what to do", async () => {
  Reflect.deleteProperty(navigator, "mediaDevices");
  await openPage();

  await click("Start the camera");

  expect(await screen.findByRole("alert")).toHaveTextContent("https");
});

test("a hidden page stops the camera and says why", async () => {
  await openPage();
  await click("Start the camera");
  await untilWatching();

  Object.defineProperty(document, "hidden", { configurable: true, value: true });
  act(() => void document.dispatchEvent(new Event("visibilitychange")));

  expect(await screen.findByText(/because this page was hidden/)).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
  expect(tracks[0]?.isStopped).toBe(true);
  await waitFor(() => {
    expect(live.removed).toEqual(["stream-1"]);
  });
});

test("leaving the page stops the camera", async () => {
  await openPage();
  await click("Start the camera");
  await untilWatching();

  act(() => void dispatchEvent(new Event("pagehide")));

  await waitFor(() => {
    expect(live.removed).toEqual(["stream-1"]);
  });
  expect(tracks[0]?.isStopped).toBe(true);
});

test("a camera that is pulled out says so", async () => {
  await openPage();
  await click("Start the camera");
  await untilWatching();

  act(() => void tracks[0]?.dispatchEvent(new Event("ended")));

  expect(await screen.findByRole("alert")).toHaveTextContent("The camera is gone");
});

test("another camera can be chosen, and the first one is closed", async () => {
  await openPage();
  await click("Start the camera");
  const choice = await screen.findByRole("combobox", { name: "Camera" });
  expect(choice).toHaveValue("back");

  await userEvent.selectOptions(choice, "front camera");

  await waitFor(() => {
    expect(tracks.map(({ isStopped }) => isStopped)).toEqual([true, false]);
  });
  expect(asked[1]?.video).toMatchObject({ deviceId: { exact: "front" } });
  expect(await screen.findByRole("combobox", { name: "Camera" })).toHaveValue("front");
});

test("a busy service is counted down", async () => {
  live.answer = () => buildBusy(9);
  await openPage();

  await click("Start the camera");

  expect(await screen.findByText(/Trying again in \d s/)).toBeVisible();
});

test("names are announced once, not with every answer", async () => {
  live.answer = () => ({ labels: [buildLabel("dog", 91)] });
  await openPage();
  await click("Start the camera");
  await waitFor(() => {
    expect(live.frames.length).toBeGreaterThan(3);
  });

  expect(screen.getAllByText("In view: dog")).toHaveLength(1);
});

test.each([
  ["sending", "Sending the photo"],
  ["sent", "Show it in the history"],
  ["failed", "The photo could not be sent"],
] as const)("a kept photo that is %s is told", async (state, text) => {
  await renderPart(<LivePage keep={() => undefined} kept={state} />, "/live");

  expect(screen.getByText(new RegExp(text))).toBeVisible();
});
