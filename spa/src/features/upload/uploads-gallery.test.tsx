import { readFile } from "node:fs/promises";

import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { API, S3, server } from "@/testing/server";
import { buildServices, renderPart } from "@/testing/services";

import { UploadQueue } from "./upload-queue";
import { UploadsContext } from "./uploads";
import { UploadsGallery } from "./uploads-gallery";

test("Remove on a photo that was just sent deletes its task, and can be undone", async () => {
  server.use(
    http.post(`${API}/upload`, () => {
      const upload = { url: S3, fields: {}, expiresAt: "2999-01-01T00:00:00Z" };
      return HttpResponse.json({ taskId: "task-1", upload }, { status: 201 });
    }),
    http.post(S3, () => new HttpResponse(null, { status: 204 })),
    http.get(`${API}/results/task-1`, async () => {
      await delay("infinite");
    }),
  );
  const { services } = await buildServices();
  let wasSent: (() => void) | undefined;
  const isSent = new Promise<void>((resolve) => (wasSent = resolve));
  const queue = new UploadQueue(services.api, {
    onSent: () => wasSent?.(),
    readDefaults: () => Promise.resolve({ stripMetadata: null, detail: null }),
  });
  const { services: shown } = await renderPart(
    <UploadsContext value={queue}>
      <UploadsGallery />
    </UploadsContext>,
  );
  queue.add([new File([await readFile("src/assets/example.jpg")], "dog.jpg")]);
  await isSent;

  await userEvent.click(await screen.findByRole("button", { name: "Remove dog.jpg" }));

  expect(screen.queryByRole("article")).toBeNull();
  expect([...shown.deletions.state]).toEqual(["task-1"]);
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  expect(await screen.findByRole("article")).toBeVisible();
});
