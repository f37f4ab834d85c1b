import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { markSent } from "@/lib/sent-tasks";
import { buildLabel, buildTask } from "@/testing/examples";
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
