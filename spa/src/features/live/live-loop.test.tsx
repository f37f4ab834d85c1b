import { HttpResponse } from "msw";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { buildLabel } from "@/testing/examples";
import { buildBusy, FakeLive } from "@/testing/live";
import { buildServices, type FakeCognito } from "@/testing/services";

import { LiveLoop, type LiveState, measureRate } from "./live-loop";
import { createStreamApi } from "./stream-api";

let live: FakeLive;
let loop: LiveLoop;
let taken: number;
let shown: string[];
let states: LiveState[];
let cognito: FakeCognito;
let closePush: () => void;

beforeEach(async () => {
  live = new FakeLive();
  taken = 0;
  shown = [];
  states = [];
  const built = await buildServices();
  cognito = built.cognito;
  const { api, push } = built.services;
  closePush = () => {
    push.close();
  };
  loop = new LiveLoop({
    streams: createStreamApi(api),
    push,
    takeFrame: () => {
      taken += 1;
      return Promise.resolve(new Blob([`frame ${taken}`], { type: "image/jpeg" }));
    },
    onLabels: (labels) => shown.push(labels.map(({ name }) => name).join()),
    timing: { answerMs: 200, leastMs: 10, firstRetryMs: 10 },
  });
  loop.subscribe(() => states.push(loop.state));
});
afterEach(async () => {
  loop.stop();
  closePush();
  await live.untilEnded();
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000 });
const untilShown = (count: number) =>
  until(() => {
    expect(shown.length).toBeGreaterThanOrEqual(count);
  });
const untilStatus = (status: LiveState["status"]) =>
  until(() => {
    expect(loop.state.status).toBe(status);
  });

test("the next frame goes when the answer has come", async () => {
  live.answer = (frame) => (frame <= 3 ? { labels: [buildLabel(`thing ${frame}`, 90)] } : null);
  loop.start();
  await untilShown(3);
  await until(() => {
    expect(live.frames).toHaveLength(4);
  });

  expect(shown).toEqual(["thing 1", "thing 2", "thing 3"]);
  expect(live.frames.slice(0, 4).map(({ frame }) => frame)).toEqual([1, 2, 3, 4]);
  expect(live.frames[0]).toMatchObject({ streamId: "stream-1", type: "image/jpeg", bytes: 7 });
  expect(live.streams).toBe(1);
  expect(states[0]).toEqual({ status: "starting" });
  expect(states[1]?.status).toBe("watching");
});

test("a frame without an answer is given up after a while", async () => {
  live.answer = (frame) => (frame === 1 ? null : { labels: [buildLabel("dog", 90)] });
  loop.start();
  await untilShown(1);

  expect(live.frames.map(({ frame }) => frame).slice(0, 2)).toEqual([1, 2]);
});

test("the page hears that nothing answers, and when it answers again", async () => {
  live.answer = () => null;
  loop.start();
  await untilStatus("waiting");

  live.answer = () => ({});

  await untilStatus("watching");
});

test("messages of other streams and late answers are not shown", async () => {
  live.answer = (frame) => {
    live.push({ streamId: "another", frame, labels: [buildLabel("stranger", 90)] });
    live.push({ streamId: "stream-1", frame: frame - 1, labels: [buildLabel("late", 90)] });
    return { labels: [buildLabel("dog", 90)] };
  };
  loop.start();
  await untilShown(2);

  expect(new Set(shown)).toEqual(new Set(["dog"]));
});

test("a dropped frame shows nothing and the next one goes", async () => {
  live.answer = (frame) =>
    frame === 1 ? { status: "dropped" } : { labels: [buildLabel("dog", 90)] };
  loop.start();
  await untilShown(1);

  expect(shown[0]).toBe("dog");
});

test("a busy service is asked once more, after the time that it said", async () => {
  live.answer = (frame) => (frame === 1 ? buildBusy(1) : {});
  const startedAt = Date.now();
  loop.start();
  await untilStatus("busy");
  const busy = loop.state;
  await untilShown(1);

  expect(busy.status === "busy" && busy.retryAt - startedAt).toBeGreaterThanOrEqual(1_000);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000);
});

test("a service that stays busy stops the camera and says so", async () => {
  live.answerCreate = () => buildBusy(1);
  loop.start();
  await untilStatus("off");

  expect(loop.state).toMatchObject({ status: "off", error: { code: "live_busy" } });
});

test.each(["too_many_streams", "daily_bytes_reached"])(
  "what passes only after a long time stops the camera at once: %s",
  async (code) => {
    live.answer = () =>
      HttpResponse.json({ code }, { status: 429, headers: { "Retry-After": "60" } });
    loop.start();
    await untilStatus("off");

    expect(loop.state).toMatchObject({ error: { code } });
    expect(live.frames).toHaveLength(1);
  },
);

test.each(["uploads_closed", "live_paused"])(
  "a camera stops at once while operators let none in: %s",
  async (code) => {
    live.answer = () => HttpResponse.json({ code }, { status: 503 });
    loop.start();
    await untilStatus("off");

    expect(loop.state).toMatchObject({ error: { code } });
    expect(live.frames).toHaveLength(1);
  },
);

test("refusals with a success between them do not stop the camera", async () => {
  live.answer = (frame) => (frame % 2 === 1 && frame < 6 ? buildBusy(1) : {});
  loop.start();
  await untilShown(4);

  expect(states.filter(({ status }) => status === "busy")).toHaveLength(3);
});

test("a lost network is waited for", async () => {
  let isLost = true;
  live.answer = () => (isLost ? HttpResponse.error() : {});
  loop.start();
  await untilStatus("waiting");
  const count = live.frames.length;
  isLost = false;

  await untilShown(1);

  expect(live.frames.length).toBeGreaterThan(count);
});

test("a stream that an operator has stopped ends with its error", async () => {
  live.answer = () => HttpResponse.json({ code: "stream_not_found" }, { status: 404 });
  loop.start();
  await untilStatus("off");

  expect(loop.state).toMatchObject({ error: { code: "stream_not_found" } });
  expect(live.frames).toHaveLength(1);
});

test("an ended session stops the camera", async () => {
  loop.start();
  await untilShown(1);
  cognito.isRefused = true;
  await untilStatus("off");

  expect(loop.state).toMatchObject({ error: { code: "session_ended" } });
  live.streams = 0; // Nobody is signed in who could remove the stream. It ends by itself.
});

test("after a stop the stream is removed and nothing more is sent", async () => {
  loop.start();
  await untilShown(2);
  const count = live.frames.length;
  loop.stop();
  await until(() => {
    expect(live.removed).toEqual(["stream-1"]);
  });

  expect(live.frames.length).toBeLessThanOrEqual(count + 1); // One may be on its way
  expect(loop.state).toEqual({ status: "off", error: null });
});

test("a stop while the stream is being made removes it", async () => {
  loop.start();
  loop.stop();

  await until(() => {
    expect(live.removed).toEqual(["stream-1"]);
  });
  expect(live.frames).toEqual([]);
});

test("a socket that was cut opens again and the camera goes on", async () => {
  loop.start();
  await untilShown(1);
  live.connections[0]?.client.close();
  await until(() => {
    expect(live.connections).toHaveLength(2);
  });
  const count = shown.length;

  await untilShown(count + 2);

  expect(live.streams).toBe(1);
});

test("the rate counts the frames of the last moments", () => {
  expect(measureRate([], 1_000)).toBe(0);
  expect(measureRate([1_000], 1_000)).toBe(0);
  expect(measureRate([0, 250, 500, 750, 1_000], 1_000)).toBe(4);
  expect(measureRate([0, 250, 500, 750, 1_000], 2_000)).toBe(2);
});
