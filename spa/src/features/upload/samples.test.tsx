import { readFile } from "node:fs/promises";

import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { API, server } from "@/testing/server";
import { buildServices, renderPart } from "@/testing/services";

import { Samples } from "./samples";
import { UploadQueue } from "./upload-queue";
import { UploadsContext } from "./uploads";

test("a click sends a sample as any other photo", async () => {
  const bytes = await readFile("../infra/local/photos/coffee.jpg");
  server.use(
    http.get("*/coffee.jpg", () => HttpResponse.arrayBuffer(new Uint8Array(bytes).buffer)),
    http.post(`${API}/upload`, async () => {
      await delay("infinite");
    }),
  );
  const { services } = await buildServices();
  const queue = new UploadQueue(services.api, {
    onSent: () => undefined,
    readDefaults: () => Promise.resolve({ stripMetadata: null, detail: null }),
  });
  await renderPart(
    <UploadsContext value={queue}>
      <Samples />
    </UploadsContext>,
  );

  await userEvent.click(screen.getByRole("button", { name: /cup of coffee/ }));

  await waitFor(() => {
    expect(queue.state.map(({ name, status }) => [name, status])).toEqual([
      ["coffee.jpg", "sending"],
    ]);
  });
});

test("a sample that cannot be loaded is not sent, and the page says so", async () => {
  server.use(http.get("*/cat.jpg", () => HttpResponse.error()));
  const { services } = await buildServices();
  const queue = new UploadQueue(services.api, {
    onSent: () => undefined,
    readDefaults: () => Promise.resolve({ stripMetadata: null, detail: null }),
  });
  await renderPart(
    <UploadsContext value={queue}>
      <Samples />
    </UploadsContext>,
  );

  await userEvent.click(screen.getByRole("button", { name: /a cat/ }));

  expect(await screen.findByText(/network does not answer/)).toBeVisible();
  expect(queue.state).toEqual([]);
});
