import { expect, test } from "vitest";

import { buildLabel } from "@/testing/examples";

import { findBoxed, pickShown } from "./labels";

const animal = buildLabel("animal", 99);
const dog = buildLabel("dog", 99, { parents: ["animal"], boxes: [95, 40] });
const shepherd = buildLabel("German Shepherd", 97, { parents: ["dog", "animal"] });

test("a wider name without boxes is shown beside the narrower one only", () => {
  const shown = pickShown([animal, dog, shepherd], 50);

  expect(shown.map(({ name }) => name)).toEqual(["dog", "German Shepherd"]);
});

test("a wider name stays while nothing narrower is sure enough", () => {
  expect(pickShown([animal, buildLabel("dog", 40, { parents: ["animal"] })], 50)).toEqual([animal]);
});

test("boxes below the threshold are hidden, and their label stays", () => {
  const [shown] = pickShown([dog], 50);

  expect(shown?.instances.map(({ confidence }) => confidence)).toEqual([95]);
});

test("a breed without boxes highlights the boxes of its kind", () => {
  expect(findBoxed(shepherd, [dog, shepherd])).toBe("dog");
  expect(findBoxed(dog, [dog, shepherd])).toBe("dog");
});
