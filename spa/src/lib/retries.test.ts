import { expect, it } from "vitest";

import { canRetry } from "./retries";

it.each([
  ["model_failed", true],
  ["retries_exhausted", true],
  ["unreadable_image", false],
])("offers another try after %s: %s", (code, offered) => {
  const error = { code, message: "It failed." };

  expect(canRetry({ status: "failed", error })).toBe(offered);
  expect(canRetry({ status: "succeeded", error })).toBe(false);
});
