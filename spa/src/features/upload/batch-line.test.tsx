import { readFile } from "node:fs/promises";

import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { buildLabel, buildTask } from "@/testing/examples";
import { API, S3, server } from "@/testing/server";
import { buildServices, renderPart } from "@/testing/services";

import { BatchLine } from "./batch-line";
import { RefusedList } from "./refused-list";
import { UploadQueue } from "./upload-queue";
import { UploadsContext } from "./uploads";
import { UploadsGallery } from "./uploads-gallery";
import { useBatch } from "./use-batch";

function Line() {
  return <BatchLine members={useBatch()} />;
}

const done = (taskId: string, name: string) =>
  buildTask({ taskId, fileName: `${taskId}.jpg`, labels: [buildLabel(name, 90)] });
const failed = buildTask({
  taskId: "task-3",
  status: "failed",
  labels: [],
  error: { code: "retries_exhausted", message: "It failed." },
});

async function send(...files: File[]) {
  const answers = new Map([
    ["task-1", done("task-1", "dog")],
    ["task-2", done("task-2", "dog")],
    ["task-3", failed],
  ]);
  let count = 0;
  server.use(
    http.post(`${API}/upload`, () => {
      const upload = { url: S3, fields: {}, expiresAt: "2999-01-01T00:00:00Z" };
      return HttpResponse.json({ taskId: `task-${++count}`, upload }, { status: 201 });
    }),
    http.post(S3, () => new HttpResponse(null, { status: 204 })),
    http.get(`${API}/results/:taskId`, ({ params }) =>
      HttpResponse.json(answers.get(String(params.taskId))),
    ),
    http.post(`${API}/results/:taskId/retry`, ({ params }) => {
      answers.set(String(params.taskId), done(String(params.taskId), "cat"));
      return new HttpResponse(null, { status: 202 });
    }),
  );
  const { services } = await buildServices();
  const queue = new UploadQueue(services.api, {
    onSent: () => undefined,
    readDefaults: () => Promise.resolve({ stripMetadata: null, detail: null }),
  });
  await renderPart(
    <UploadsContext value={queue}>
      <Line />
      <RefusedList />
      <UploadsGallery />
    </UploadsContext>,
  );
  queue.add(files);
}

const buildPhotos = async (count: number) => {
  const bytes = await readFile("src/assets/example.jpg");
  return Array.from({ length: count }, (_, i) => new File([bytes, String(i)], `${i}.jpg`));
};

test("one line says how far a batch has come, what was found, and tries failed photos again", async () => {
  await send(...(await buildPhotos(3)));

  expect(await screen.findByText("2 done")).toBeVisible();
  expect(await screen.findByText("1 failed")).toBeVisible();
  expect(screen.getByText("3 photos")).toBeVisible();
  expect(screen.getByText("dog 2")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try it again" }));

  expect(await screen.findByText("3 done")).toBeVisible();
  expect(screen.getByText("dog 2 · cat 1")).toBeVisible();
  expect(screen.queryByRole("button", { name: /again/ })).toBeNull();
});

test("refused files are one list that says what is wrong with each", async () => {
  await send(new File([], "empty.jpg"), new File(["I am no photo"], "text.jpg"));

  const list = within(await screen.findByRole("alert"));
  expect(await list.findByText("2 files were not sent")).toBeVisible();
  expect(list.getByText("empty.jpg").parentElement).toHaveTextContent("The file is empty");
  expect(list.getByText("text.jpg").parentElement).toHaveTextContent("not a JPEG");
  expect(screen.queryByRole("article")).toBeNull();
  await userEvent.click(list.getByRole("button", { name: "Close" }));

  expect(screen.queryByRole("alert")).toBeNull();
});
