import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { buildTask } from "@/testing/examples";
import { renderPart } from "@/testing/services";

import { TaskCard } from "./task-card";

test("the card of a photo that waits for a sleeping worker says about how long", async () => {
  const task = buildTask({ status: "queued", labels: [], startsInSeconds: 140 });

  await renderPart(<TaskCard task={task} onDelete={() => undefined} />);

  expect(screen.getByText("Starting, about 140 seconds")).toBeVisible();
  expect(screen.queryByText("In the queue")).toBeNull();
});
