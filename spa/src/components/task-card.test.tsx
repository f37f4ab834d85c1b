import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, test, vi } from "vitest";

import { markSent } from "@/lib/sent-tasks";
import type { Task } from "@/lib/tasks";
import { buildLabel, buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { TaskCard } from "./task-card";

test("the card of a photo that waits for a sleeping worker says about how long", async () => {
  const task = buildTask({ status: "queued", labels: [], startsInSeconds: 140 });

  await renderPart(<TaskCard task={task} onDelete={() => undefined} />);

  expect(screen.getByText("Starting, about 140 seconds")).toBeVisible();
  expect(screen.queryByText("In the queue")).toBeNull();
});

test("a photo with unlikely labels only says what it may be", async () => {
  const task = buildTask({ labels: [buildLabel("cat", 42), buildLabel("stick", 35)] });

  await renderPart(<TaskCard task={task} onDelete={() => undefined} />);

  expect(screen.getByText("Perhaps cat 42%, stick 35%")).toBeVisible();
});

test("a small tile has its names only, and no buttons", async () => {
  await renderPart(<TaskCard task={buildTask()} onDelete={() => undefined} isSmall />);

  expect(screen.getByText("German Shepherd")).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.queryByText(/kept until/)).toBeNull();
});

test("a photo that was sent is in the queue, even if the API has not noticed it yet", async () => {
  const task = buildTask({ taskId: "just-sent", status: "awaiting_upload", labels: [] });
  markSent("just-sent");

  await renderPart(<TaskCard task={task} onDelete={() => undefined} />);

  expect(screen.getByText("In the queue")).toBeVisible();
});

test("a task whose photo does not come looks idle", async () => {
  const task = buildTask({ taskId: "stopped", status: "awaiting_upload", labels: [] });

  await renderPart(<TaskCard task={task} onDelete={() => undefined} />);

  expect(screen.getByText("Waiting for the photo")).toBeVisible();
  expect(document.querySelector("[class*=scan]")).toBeNull();
});

const WAITING = { status: "queued", labels: [] as Task["labels"] } as const;

test.each([
  [{ ahead: 3, etaSeconds: 4 }, "3 photos before this one, about 4 s"],
  [{ ahead: 1, etaSeconds: null }, "1 photo before this one"],
  [{ ahead: 0, etaSeconds: 0 }, "Next in the queue"],
])("the card of a photo with the place %o says it", async (queue, words) => {
  await renderPart(<TaskCard task={buildTask({ ...WAITING, queue })} onDelete={() => undefined} />);

  expect(screen.getByText(words)).toBeVisible();
});

test("a photo that waits for long can be cancelled", async () => {
  const cancelled: string[] = [];
  server.use(
    http.post(`${API}/results/:taskId/cancel`, ({ params }) => {
      cancelled.push(String(params.taskId));
      return HttpResponse.json({ taskId: params.taskId, status: "failed" });
    }),
  );
  const task = buildTask({ ...WAITING, queue: { ahead: 3, etaSeconds: 4 } });
  await renderPart(<TaskCard task={task} onDelete={() => undefined} />);

  await userEvent.click(screen.getByRole("button", { name: "Cancel dog.jpg" }));

  await vi.waitFor(() => {
    expect(cancelled).toEqual([task.taskId]);
  });
});

test("a cancellation that came too late says so", async () => {
  server.use(
    http.post(`${API}/results/:taskId/cancel`, () =>
      HttpResponse.json({ code: "task_not_cancellable" }, { status: 409 }),
    ),
  );
  const task = buildTask({ ...WAITING, queue: { ahead: 1, etaSeconds: 1 } });
  await renderPart(<TaskCard task={task} onDelete={() => undefined} />);

  await userEvent.click(screen.getByRole("button", { name: "Cancel dog.jpg" }));

  expect(await screen.findByText(/Only a photo that waits can be cancelled/)).toBeVisible();
});

test("a photo that has just been sent offers no Cancel that would flash", async () => {
  await renderPart(<TaskCard task={buildTask(WAITING)} onDelete={() => undefined} />);

  expect(screen.queryByRole("button", { name: /Cancel/ })).toBeNull();
});
