import { expect, test, vi } from "vitest";

import { Backoff } from "./backoff";

const count = 200;
const collect = (next: () => number) => Array.from({ length: count }, next);

test("pauses are spread over the whole time up to a bound that doubles", () => {
  const chance = vi.spyOn(Math, "random").mockReturnValue(1);
  const backoff = new Backoff(1_000, 8_000);

  expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);

  chance.mockRestore();
  const pauses = collect(() => backoff.next());
  expect(Math.min(...pauses)).toBeLessThan(2_000);
  expect(Math.max(...pauses)).toBeGreaterThan(6_000);
});

test("a pause is never shorter than the service asked for", () => {
  const pauses = collect(() => new Backoff(1_000, 8_000).next(5_000));

  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5_000);
  expect(new Set(pauses).size).toBeGreaterThan(count / 2);
});

test("after a success pauses are short again", () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const backoff = new Backoff(1_000, 8_000);
  backoff.next();
  backoff.next();

  backoff.reset();

  expect(backoff.next()).toBe(1_000);
  vi.restoreAllMocks();
});
