import { expect, test } from "vitest";

import { parseConfig } from "./config";

const complete = { apiUrl: "https://api.test/v1/", userPoolId: "pool", userPoolClientId: "client" };

test("a configuration without the pool's own address is one for AWS", () => {
  expect(parseConfig(complete)).toEqual({ ...complete, apiUrl: "https://api.test/v1" });
});

test.each([
  [true, true],
  [false, undefined],
  ["true", undefined],
])("Amazon Rekognition is offered only if it says so: %s", (value, expected) => {
  const config = parseConfig({ ...complete, offersRekognition: value });

  expect(config.offersRekognition).toBe(expected);
});

test.each(["apiUrl", "userPoolId", "userPoolClientId"])("the error names a missing %s", (name) => {
  expect(() => parseConfig({ ...complete, [name]: "" })).toThrow(name);
});
