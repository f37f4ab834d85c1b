import { expect, test } from "vitest";

import { createFormat, getFormat, pickRegion } from "./format";

const english = createFormat("en");

test.each([
  [1, "1 kB"],
  [380_400, "380 kB"],
  [4_200_000, "4.2 MB"],
])("%i bytes are written as %s", (count, text) => {
  expect(english.bytes(count)).toBe(text);
});

test("a short time is given in milliseconds, a long one in seconds", () => {
  expect([english.milliseconds(31.2), english.milliseconds(1_540)]).toEqual(["31 ms", "1.5 s"]);
});

test("each language has one format, however many photos ask for it", () => {
  expect(getFormat("de")).toBe(getFormat("de"));
  expect(getFormat("de").bytes(4_200_000)).not.toBe(getFormat("en").bytes(4_200_000));
});

test("numbers follow the language", () => {
  expect(createFormat("de").bytes(4_200_000)).toBe("4,2 MB");
});

test("dates follow the region of the reader", () => {
  expect(pickRegion("en", ["de-CH", "en-GB", "en-US"])).toBe("en-GB");
  expect(pickRegion("es", ["de-CH", "en-GB"])).toBe("es");
});

test("a moment ago is shown as now", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");

  expect(english.ago("2026-11-22T11:59:40Z", now)).toBe("now");
  expect(english.ago("2026-11-22T10:00:00Z", now)).toBe("2 hours ago");
});
