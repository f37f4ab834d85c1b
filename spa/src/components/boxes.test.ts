import { expect, test } from "vitest";

import { buildLabel } from "@/testing/examples";

import { isCrowd, placeBox, sortBoxes, sortForReading } from "./boxes";

const at = (left: number, width = 0.1) => {
  const label = buildLabel("person", 90, { boxes: [90] });
  const boundingBox = { left, top: 0.4, width, height: 0.2 };
  return { ...label, instances: [{ confidence: 90, boundingBox }] };
};

test.each([
  [0, "left", 1],
  [0.3, "left", 0.7],
  [0.6, "right", 0.7],
  [0.9, "right", 1],
] as const)("the name of a box at %d stays inside the picture", (left, side, room) => {
  const [box] = sortBoxes([at(left)]);

  expect(box?.side).toBe(side);
  expect(box?.room).toBeCloseTo(room);
  expect(box && placeBox(box, "red")).toMatchObject({ "--room": room.toFixed(4) });
});

test("more than eight boxes of all labels together are a crowd", () => {
  const person = buildLabel("person", 90, { boxes: [90, 90, 90, 90] });

  expect(isCrowd([person, { ...person, name: "dog" }])).toBe(false);
  expect(isCrowd([person, { ...person, name: "dog" }, at(0.5)])).toBe(true);
});

test("arrow keys visit the boxes from left to right", () => {
  const label = { ...at(0), instances: [0.5, 0.1, 0.8].flatMap((left) => at(left).instances) };

  const order = sortForReading(sortBoxes([label]));

  expect(order.map(({ rank }) => rank)).toEqual([2, 1, 3]);
});
