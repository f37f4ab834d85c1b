import { expect, test } from "vitest";

import { createSpeedometer } from "./speed";

test("the speed is a smoothed rate of the last bytes", () => {
  let now = 0;
  const measure = createSpeedometer(() => now);

  now = 1_000;
  const first = measure(500_000);
  now = 2_000;
  const second = measure(1_500_000);

  expect(first).toBe(500_000);
  expect(second).toBeCloseTo(650_000);
});

test("an interval that is too short does not change the speed", () => {
  let now = 0;
  const measure = createSpeedometer(() => now);

  now = 50;

  expect(measure(500_000)).toBe(0);
});
