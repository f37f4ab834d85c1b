import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, test, vi } from "vitest";

import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import type { Export } from "./exports";
import { ExportsPage } from "./exports-page";

const DONE: Export = {
  exportId: "5b1c7c1e-3f0c-4b53-8a0e-6f1b2f1f9c11",
  format: "csv",
  status: "succeeded",
  photos: 3,
  total: 3,
  sizeBytes: 48_112,
  fileName: "spotter-2026-11-22-1200.csv",
  createdAt: "2026-11-22T12:00:00Z",
  finishedAt: "2026-11-22T12:00:04Z",
  expiresAt: "2026-11-23T12:00:00Z",
  url: null,
  urlExpiresAt: null,
  error: null,
};
const RUNNING: Export = { ...DONE, status: "running", photos: 1, total: 4 };

/** An API that has these exports, one answer after the other, and keeps what it is sent. */
function serve(...answers: Export[][]) {
  const asked: { body: unknown; key: string | null }[] = [];
  server.use(
    http.get(`${API}/exports`, () => {
      const exports = answers.length > 1 ? answers.shift() : answers[0];
      return HttpResponse.json({ exports });
    }),
    http.post(`${API}/exports`, async ({ request }) => {
      asked.push({ body: await request.json(), key: request.headers.get("Idempotency-Key") });
      return HttpResponse.json(DONE, { status: 202 });
    }),
  );
  return asked;
}

const begin = () => userEvent.click(screen.getByRole("button", { name: "Write the file" }));

test("all photos are exported in the chosen format", async () => {
  const asked = serve([]);
  await renderPart(<ExportsPage />, "/exports");
  expect(await screen.findByText("You have no files yet.")).toBeVisible();

  await userEvent.click(screen.getByRole("radio", { name: /Table/ }));
  await begin();

  await waitFor(() => {
    expect(asked.map(({ body }) => body)).toEqual([{ format: "csv" }]);
  });
});

test("a search is exported unless all photos are wanted", async () => {
  const asked = serve([]);
  await renderPart(<ExportsPage />, "/exports?label=dog");

  await begin();
  await waitFor(() => {
    expect(asked).toHaveLength(1);
  });
  await userEvent.click(screen.getByRole("radio", { name: "All photos" }));
  await begin();

  await waitFor(() => {
    expect(asked.map(({ body }) => body)).toEqual([
      { format: "originals", label: ["dog"] },
      { format: "originals" },
    ]);
  });
});

test("a second try after a lost answer asks for the same export", async () => {
  const asked = serve([]);
  server.use(http.post(`${API}/exports`, () => HttpResponse.error(), { once: true }));
  const keys: (string | null)[] = [];
  server.events.on("request:start", ({ request }) => {
    if (request.method === "POST") keys.push(request.headers.get("Idempotency-Key"));
  });
  await renderPart(<ExportsPage />, "/exports");

  await begin();
  expect(await screen.findByRole("alert")).toBeVisible();
  await begin();
  await waitFor(() => {
    expect(asked).toHaveLength(1);
  });

  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
  server.events.removeAllListeners();
});

test("the page follows an export until its file is there", async () => {
  serve([RUNNING], [DONE]);
  await renderPart(<ExportsPage />, "/exports");

  expect(await screen.findByRole("progressbar", { name: "1 of 4 photos" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Write the file" })).toBeDisabled();

  expect(
    await screen.findByRole("button", { name: "Download: Table" }, { timeout: 5_000 }),
  ).toBeVisible();
  expect(screen.getByRole("button", { name: "Write the file" })).toBeEnabled();
});

test("a file that is gone is not offered any more, and its row can be removed", async () => {
  serve([DONE], []);
  const gone = () => HttpResponse.json({ code: "export_not_found" }, { status: 404 });
  const path = `${API}/exports/${DONE.exportId}`;
  server.use(http.get(path, gone), http.delete(path, gone));
  await renderPart(<ExportsPage />, "/exports");
  await userEvent.click(await screen.findByRole("button", { name: "Download: Table" }));

  expect(await screen.findByText(/no longer exists.* Write it again/)).toBeVisible();
  expect(screen.queryByText(/Available until/)).toBeNull();
  expect(screen.queryByRole("button", { name: "Download: Table" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Delete: Table" }));

  expect(await screen.findByText("You have no files yet.")).toBeVisible();
});

test("a download asks for a new link", async () => {
  serve([DONE]);
  const assign = vi.fn();
  vi.stubGlobal("location", { origin: location.origin, href: location.href, assign });
  const url = "https://images.example.com/exports/file?X-Amz-Signature=1";
  server.use(
    http.get(`${API}/exports/${DONE.exportId}`, () => HttpResponse.json({ ...DONE, url })),
  );
  await renderPart(<ExportsPage />, "/exports");

  await userEvent.click(await screen.findByRole("button", { name: "Download: Table" }));

  await waitFor(() => {
    expect(assign).toHaveBeenCalledWith(url);
  });
  vi.unstubAllGlobals();
});

test("an export can be deleted, and one that failed says why", async () => {
  const failed: Export = {
    ...DONE,
    status: "failed",
    error: { code: "nothing_to_export", message: "Nothing" },
  };
  const deleted: string[] = [];
  serve([failed], []);
  server.use(
    http.delete(`${API}/exports/:exportId`, ({ params }) => {
      deleted.push(String(params.exportId));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  await renderPart(<ExportsPage />, "/exports");
  const row = await screen.findByRole("listitem");
  expect(within(row).getByText(/None of these photos has a result/)).toBeVisible();

  await userEvent.click(within(row).getByRole("button", { name: "Delete: Table" }));

  expect(await screen.findByText("You have no files yet.")).toBeVisible();
  expect(deleted).toEqual([DONE.exportId]);
});
