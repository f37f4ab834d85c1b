import { expect, test } from "vitest";

import { buildTask } from "@/testing/examples";

import { layRows, type Shape } from "./rows";

const SHAPE: Shape = { widthPx: 1000, rowPx: 200, gapPx: 10, ratioOf: () => 1.5, hasMore: false };

const build = (count: number, createdAt: string) =>
  Array.from({ length: count }, (_, i) => buildTask({ taskId: `${createdAt} ${i}`, createdAt }));

const NOON = "2026-11-22T12:00:00Z";
const EARLIER = "2026-11-20T12:00:00Z";

test("each day begins with a heading that counts its photos", () => {
  const rows = layRows([...build(2, NOON), ...build(3, EARLIER)], SHAPE);

  expect(rows.map((row) => (row.kind === "day" ? row.count : row.tasks.length))).toEqual([
    2, 2, 3, 3,
  ]);
});

test("nobody counts a day of which not all photos are loaded", () => {
  const tasks = [...build(2, NOON), ...build(3, EARLIER)];

  const days = layRows(tasks, { ...SHAPE, hasMore: true }).filter((row) => row.kind === "day");

  expect(days.map(({ count }) => count)).toEqual([2, undefined]);
});

test("a row takes photos until it is full, and no photo is lost", () => {
  const tasks = build(9, NOON);

  const rows = layRows(tasks, SHAPE).filter((row) => row.kind === "photos");

  expect(rows.map((row) => row.tasks.length)).toEqual([4, 4, 1]);
  expect(rows.flatMap((row) => row.tasks)).toEqual(tasks);
});

test("photos that the next page would move are left out until it is there", () => {
  const rows = layRows(build(9, NOON), { ...SHAPE, hasMore: true });

  expect(rows.flatMap((row) => (row.kind === "photos" ? row.tasks.length : []))).toEqual([4, 4]);
  expect(layRows(build(1, NOON), { ...SHAPE, hasMore: true })).toHaveLength(2);
});

test("a full row is as high as its photos are when they fill the width", () => {
  const [, row] = layRows(build(4, NOON), SHAPE);

  expect(row).toMatchObject({ heightPx: (1000 - 30) / 6 });
});

test("in columns all tiles are squares", () => {
  const rows = layRows(build(5, NOON), { ...SHAPE, columns: 3 });

  expect(rows.slice(1)).toMatchObject([
    { tasks: { length: 3 }, heightPx: (1000 - 20) / 3 },
    { tasks: { length: 2 }, heightPx: (1000 - 20) / 3 },
  ]);
});
