import { expect, test } from "vitest";

import { buildTask } from "@/testing/examples";

import { estimateSeconds, type Member } from "./batch";

const START = Date.parse("2026-11-22T12:00:00Z");

const buildMember = (finishedSeconds?: number): Member => ({
  item: { status: "sent" } as Member["item"],
  task:
    finishedSeconds === undefined
      ? buildTask({ status: "queued", finishedAt: null })
      : buildTask({ finishedAt: new Date(START + finishedSeconds * 1_000).toISOString() }),
});

test.each([
  ["half a second each", [0, 0.5, 1, 1.5], 8, 4],
  ["the last eight tell the pace", [0, 9, 18, 18.5, 19, 19.5, 20, 20.5, 21, 21.5], 8, 4],
  ["what was finished before a pause tells nothing", [0, 100, 101, 102], 4, 4],
  ["never less than a second", [0, 0.1, 0.2], 1, 1],
])("%s", (_, finished, open, seconds) => {
  const members = [...finished, ...Array<undefined>(open).fill(undefined)].map(buildMember);

  expect(estimateSeconds(members)).toBe(seconds);
});

test.each([
  ["two photos are no pace", [0, 1], 5],
  ["nothing is open", [0, 1, 2, 3], 0],
])("there is no estimate: %s", (_, finished, open) => {
  const members = [...finished, ...Array<undefined>(open).fill(undefined)].map(buildMember);

  expect(estimateSeconds(members)).toBeUndefined();
});
