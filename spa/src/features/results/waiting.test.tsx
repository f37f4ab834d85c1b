import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { Route, Routes } from "react-router";
import { expect, test, vi } from "vitest";

import type { Task } from "@/lib/tasks";
import { buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { ResultPage } from "./result-page";

/** Open a photo that waits. The test changes `state` to change what the API answers. */
async function open(queue: Task["queue"]) {
  const state = { task: buildTask({ status: "queued", labels: [], queue }) };
  server.use(
    http.get(`${API}/results/:taskId/similar`, () => HttpResponse.json({ similar: [] })),
    http.get(`${API}/results/:taskId`, () => HttpResponse.json(state.task)),
    http.post(`${API}/results/:taskId/cancel`, () => {
      const error = { code: "cancelled", message: "You cancelled it." };
      state.task = { ...state.task, status: "failed", queue: null, error };
      return HttpResponse.json({ taskId: state.task.taskId, status: "failed" });
    }),
  );
  await renderPart(
    <Routes>
      <Route path="/results/:taskId" element={<ResultPage />} />
    </Routes>,
    `/results/${state.task.taskId}`,
  );
  return state;
}

test("the place in the queue is shown, kept up to date and announced once", async () => {
  const state = await open({ ahead: 3, etaSeconds: 4 });
  expect(await screen.findByText(/3 photos before this one, about 4 s\.$/)).toBeVisible();

  state.task = { ...state.task, queue: { ahead: 1, etaSeconds: 2 } };

  expect(await screen.findByText(/1 photo before this one, about 2 s\.$/)).toBeVisible();
  expect(screen.getByRole("log")).toHaveTextContent(
    /^dog\.jpg: 3 photos before this one, about 4 s$/,
  );
});

test("a photo that waits is cancelled by keyboard, and the focus stays on the page", async () => {
  await open(null);
  const button = await screen.findByRole("button", { name: "Cancel" });

  button.focus();
  await userEvent.keyboard("{Enter}");

  expect(
    await screen.findByText("You cancelled this photo before it was recognised."),
  ).toBeVisible();
  expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull();
  await vi.waitFor(() => {
    expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
  });
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
});
