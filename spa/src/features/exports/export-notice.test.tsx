import { notifications } from "@mantine/notifications";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { Link, Route, Routes } from "react-router";
import { afterEach, expect, test } from "vitest";

import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { ExportNotice } from "./export-notice";
import { type Export, exportsKey } from "./exports";
import { ExportsPage } from "./exports-page";

const RUNNING: Export = {
  exportId: "5b1c7c1e-3f0c-4b53-8a0e-6f1b2f1f9c11",
  format: "csv",
  status: "running",
  photos: 1,
  total: 3,
  sizeBytes: 0,
  fileName: "spotter-2026-11-22-1200.csv",
  createdAt: "2026-11-22T12:00:00Z",
  finishedAt: null,
  expiresAt: "2026-11-23T12:00:00Z",
  url: null,
  urlExpiresAt: null,
  error: null,
};
const DONE: Export = { ...RUNNING, status: "succeeded", photos: 3, sizeBytes: 48_112 };

afterEach(() => {
  notifications.clean();
});

/** Begin an export in a page that has another page too. The test ends the export. */
async function begin() {
  const state = { exports: [] as Export[] };
  server.use(
    http.get(`${API}/exports`, () => HttpResponse.json({ exports: state.exports })),
    http.post(`${API}/exports`, () => {
      state.exports = [RUNNING];
      return HttpResponse.json(RUNNING, { status: 202 });
    }),
  );
  const { queries } = await renderPart(
    <>
      <ExportNotice pollMs={200} />
      <Link to="/">Away</Link>
      <Routes>
        <Route path="/" element={<h1>Start</h1>} />
        <Route path="/exports" element={<ExportsPage />} />
      </Routes>
    </>,
    "/exports",
  );
  await userEvent.click(screen.getByRole("button", { name: "Write the file" }));
  expect(await screen.findByRole("progressbar")).toBeVisible();
  return Object.assign(state, { queries });
}

const leave = () => userEvent.click(screen.getByRole("link", { name: "Away" }));

test("an export that ends while the user is elsewhere is told, with a way to it", async () => {
  const state = await begin();
  await leave();
  state.exports = [DONE];

  const told = await screen.findByRole("alert");
  expect(told).toHaveTextContent("Your file is ready: Table");
  await userEvent.click(screen.getByRole("link", { name: "Show it" }));

  expect(await screen.findByRole("button", { name: "Download: Table" })).toBeVisible();
  await waitFor(() => {
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

test("an export that fails is told too", async () => {
  const state = await begin();
  await leave();
  const error = { code: "export_failed", message: "It failed." };
  state.exports = [{ ...RUNNING, status: "failed", error }];

  expect(await screen.findByText("Your file could not be written: Table")).toBeVisible();
});

test("who watches the export hears its end, and gets no message over the page", async () => {
  const state = await begin();
  state.exports = [DONE];

  expect(await screen.findByRole("button", { name: "Download: Table" })).toBeVisible();
  expect(screen.getByRole("log")).toHaveTextContent("Your file is ready: Table");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("only an open export is followed", async () => {
  const state = await begin();
  await leave();
  const isFollowed = () => state.queries.getQueryCache().find({ queryKey: exportsKey })?.isActive();
  expect(isFollowed()).toBe(true);

  state.exports = [DONE];

  await screen.findByRole("alert");
  expect(isFollowed()).toBe(false);
});
