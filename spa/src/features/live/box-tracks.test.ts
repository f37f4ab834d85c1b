import { expect, test } from "vitest";

import { buildLabel } from "@/testing/examples";

import { BoxTracks, HOLD_MS } from "./box-tracks";

const ROUNDING = 5;

/** A label with one box at this place. */
const buildBoxed = (name: string, left: number) => {
  const label = buildLabel(name, 90, { boxes: [90] });
  const boundingBox = { left, top: 0.2, width: 0.3, height: 0.4 };
  return { ...label, instances: [{ confidence: 90, boundingBox }] };
};

test("a box glides from its old place to the new one", () => {
  const tracks = new BoxTracks();
  tracks.update([buildBoxed("dog", 0.1)], 0);
  tracks.update([buildBoxed("dog", 0.2)], 1_000);

  const lefts = [1_000, 1_090, 1_180, 1_400].map((now) => tracks.at(now)[0]?.box.left);

  expect(lefts[0]).toBeCloseTo(0.1, ROUNDING);
  expect(lefts[1]).toBeCloseTo(0.15, ROUNDING);
  expect(lefts[2]).toBeCloseTo(0.2, ROUNDING);
  expect(lefts[3]).toBeCloseTo(0.2, ROUNDING);
});

test("a box that is still on its way starts from where it is drawn", () => {
  const tracks = new BoxTracks();
  tracks.update([buildBoxed("dog", 0.1)], 0);
  tracks.update([buildBoxed("dog", 0.2)], 1_000);
  tracks.update([buildBoxed("dog", 0.1)], 1_090);

  expect(tracks.at(1_090)[0]?.box.left).toBeCloseTo(0.15, ROUNDING);
});

test("of two things with one name each keeps its own box", () => {
  const tracks = new BoxTracks();
  const [left, right] = [buildBoxed("dog", 0.05), buildBoxed("dog", 0.6)];
  const both = (first: typeof left, second: typeof left) => [
    { ...first, instances: [...first.instances, ...second.instances] },
  ];
  tracks.update(both(left, right), 0);
  tracks.update(both(right, left), 1_000);

  const places = tracks.at(1_090).map(({ box }) => box.left);

  expect(places.sort()).toEqual([0.05, 0.6]);
});

test("a thing with another name appears at its own place", () => {
  const tracks = new BoxTracks();
  tracks.update([buildBoxed("dog", 0.1)], 0);
  tracks.update([buildBoxed("cat", 0.15)], 1_000);

  const cat = tracks.at(1_001).find(({ name }) => name === "cat");

  expect(cat?.box.left).toBeCloseTo(0.15, ROUNDING);
});

test("a box that is missing in the answer fades, and is gone soon", () => {
  const tracks = new BoxTracks();
  tracks.update([buildBoxed("dog", 0.1)], 0);
  tracks.update([], 1_000);

  expect(tracks.at(1_100)[0]?.opacity).toBeLessThan(1);
  expect(tracks.at(1_100)[0]?.opacity).toBeGreaterThan(0);
  expect(tracks.at(1_300)).toEqual([]);
});

test("without answers boxes stay for a moment and then go", () => {
  const tracks = new BoxTracks();
  tracks.update([buildBoxed("dog", 0.1)], 0);

  expect(tracks.at(HOLD_MS - 1)[0]?.opacity).toBe(1);
  expect(tracks.at(HOLD_MS + 500)).toEqual([]);
});

test("small boxes are drawn after large ones", () => {
  const tracks = new BoxTracks();
  const small = buildBoxed("ball", 0.3);
  small.instances = [
    { confidence: 90, boundingBox: { left: 0.3, top: 0.3, width: 0.1, height: 0.1 } },
  ];
  tracks.update([small, buildBoxed("dog", 0.1)], 0);

  expect(tracks.at(500).map(({ name }) => name)).toEqual(["dog", "ball"]);
});
