import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { Route, Routes } from "react-router";
import { expect, test } from "vitest";

import type { Task } from "@/lib/tasks";
import type { Version } from "@/lib/versions";
import { buildLabel, buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { ResultPage } from "../result-page";

const build = (changes: Partial<Version>): Version => {
  const { features, detail, engine, models, minConfidence, maxLabels } = buildTask();
  return {
    version: 1,
    status: "succeeded",
    askedAt: "2026-11-22T12:00:00Z",
    finishedAt: "2026-11-22T12:00:01Z",
    labels: buildTask().labels,
    text: null,
    properties: null,
    moderation: null,
    timings: buildTask().timings,
    changes: null,
    error: null,
    ...{ features, detail, engine, models, minConfidence, maxLabels },
    ...changes,
  };
};
const WOLF = buildLabel("wolf", 91);
const SECOND = build({
  version: 2,
  labels: [WOLF],
  changes: { since: 1, new: ["wolf"], gone: ["German Shepherd"], changed: [] },
});
const AFTER = buildTask({ version: 2, labels: [WOLF] });
const next = (status: "queued" | "processing" | "failed", code?: string): Task["nextVersion"] => ({
  version: 2,
  status,
  error: code ? { code, message: "We tried." } : null,
});

/** Open the result. The test changes `state` to change what the API answers. */
async function open(task: Task, versions: Version[] = []) {
  const state = { task, asked: [] as unknown[], cancelled: 0 };
  server.use(
    http.get(`${API}/results/:taskId/similar`, () => HttpResponse.json({ similar: [] })),
    http.get(`${API}/results/:taskId/versions`, () => HttpResponse.json({ versions })),
    http.get(`${API}/results/:taskId`, () => HttpResponse.json(state.task)),
    http.post(`${API}/results/:taskId/versions`, async ({ request }) => {
      state.asked.push(await request.json());
      state.task = { ...state.task, nextVersion: next("queued") };
      const answer = { taskId: task.taskId, version: 2, status: "queued" };
      return HttpResponse.json(answer, { status: 202 });
    }),
    http.post(`${API}/results/:taskId/cancel`, () => {
      state.cancelled++;
      state.task = { ...state.task, nextVersion: next("failed", "cancelled") };
      return HttpResponse.json({ taskId: task.taskId, status: "failed" });
    }),
  );
  await renderPart(
    <Routes>
      <Route path="/results/:taskId" element={<ResultPage />} />
    </Routes>,
    `/results/${task.taskId}`,
  );
  return state;
}

async function choose(name: string) {
  await userEvent.click(await screen.findByRole("button", { name: "Recognise again" }));
  await userEvent.click(await screen.findByRole("menuitem", { name }));
}

test("a closer look keeps the result until the new one is there, and says what changed", async () => {
  const state = await open(buildTask({ features: ["labels", "moderation"] }), [SECOND, build({})]);

  await choose("Look closer");

  expect(await screen.findByText(/waiting for its turn/)).toBeVisible();
  expect(state.asked).toEqual([{ detail: "fine", engine: "spotter", features: ["labels"] }]);
  expect(screen.getByText("German Shepherd")).toBeVisible();
  expect(screen.getByRole("button", { name: "Recognise again" })).toBeDisabled();
  state.task = AFTER;
  expect(await screen.findByText("New: wolf", {}, { timeout: 10_000 })).toBeVisible();
  expect(screen.getByText("Not found any more: German Shepherd")).toBeVisible();
  expect(screen.queryByText(/waiting for its turn/)).toBeNull();
  expect(screen.getByRole("log")).toHaveTextContent("Version 2 is there.");
});

test("an earlier version can be looked at, but not corrected", async () => {
  await open(AFTER, [SECOND, build({})]);
  expect(await screen.findByRole("button", { name: "Correct wolf" })).toBeVisible();

  await userEvent.selectOptions(await screen.findByLabelText("Version"), "1");

  expect(await screen.findByText("dog › animal")).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Correct/ })).toBeNull();
  await userEvent.selectOptions(screen.getByLabelText("Version"), "2");
  expect(await screen.findByRole("button", { name: "Correct wolf" })).toBeVisible();
});

test("an earlier version shows its boxes, its text, its colours and its times", async () => {
  const boundingBox = { left: 0.1, top: 0.1, width: 0.4, height: 0.1 };
  const polygon = [
    { x: 0.1, y: 0.1 },
    { x: 0.5, y: 0.1 },
    { x: 0.5, y: 0.2 },
  ];
  const line = { text: "WAY OUT", confidence: 98, angle: 0, words: [], boundingBox, polygon };
  const text = { lines: [line], truncated: false };
  const quality = { brightness: 52, sharpness: 72, contrast: 84 };
  const properties = { quality, dominantColors: [] };
  const timings = { queuedMs: 12, decodeMs: 31.2, inferenceMs: 141, totalMs: 7_300 };
  await open(AFTER, [SECOND, build({ text, properties, timings })]);
  expect(await screen.findByText("91%")).toBeVisible();
  expect(screen.queryByText("WAY OUT")).toBeNull();

  await userEvent.selectOptions(await screen.findByLabelText("Version"), "1");

  expect(await screen.findByText("WAY OUT")).toBeVisible();
  expect(screen.getByRole("heading", { name: "Colours and quality" })).toBeVisible();
  expect(screen.getByText("7.3 s")).toBeInTheDocument();
  expect(screen.getAllByRole("button", { name: /^dog, 99%/ })).not.toHaveLength(0);
});

test("what was asked for already is not offered", async () => {
  await open(buildTask({ detail: "fine", features: ["labels", "text"] }));

  await userEvent.click(await screen.findByRole("button", { name: "Recognise again" }));

  const offered = await screen.findAllByRole("menuitem");
  expect(offered.map((item) => item.textContent)).toEqual(["With the models of today"]);
});

test("a version that waits can be cancelled", async () => {
  const state = await open(buildTask({ nextVersion: next("queued") }));

  await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));

  await waitFor(() => {
    expect(state.cancelled).toBe(1);
  });
  expect(
    await screen.findByText("You cancelled this photo before it was recognised."),
  ).toBeVisible();
  expect(screen.getByText("German Shepherd")).toBeVisible();
});

test("a version that failed says so beside the result", async () => {
  await open(buildTask({ nextVersion: next("failed", "retries_exhausted") }));

  expect(await screen.findByText(/did not succeed/)).toBeVisible();
  expect(screen.getByText("German Shepherd")).toBeVisible();
});
