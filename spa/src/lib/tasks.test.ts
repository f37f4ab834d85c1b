import { expect, test } from "vitest";

import { buildTask } from "@/testing/examples";

import { getPollInterval, isFinished } from "./tasks";

test("polling starts fast and slows down to a limit", () => {
  const intervals = [0, 1, 2, 5, 50].map(getPollInterval);

  expect(intervals[0]).toBeLessThan(500);
  expect(intervals).toEqual([...intervals].sort((a, b) => a - b));
  expect(intervals.at(-1)).toBe(5_000);
});

test.each([
  ["queued", false],
  ["processing", false],
  ["succeeded", true],
  ["failed", true],
  ["expired", true],
] as const)("a task that is %s is finished: %s", (status, finished) => {
  expect(isFinished(buildTask({ status }))).toBe(finished);
});
