import { expect, test } from "vitest";

import { parseConfig } from "./config";

const complete = { apiUrl: "https://api.test/v1/", userPoolId: "pool", userPoolClientId: "client" };

test("a configuration without the pool's own address is one for AWS", () => {
  expect(parseConfig(complete)).toEqual({ ...complete, apiUrl: "https://api.test/v1" });
});

test.each([
  [true, { offersRekognition: true }],
  [false, {}],
  ["true", {}],
])("Amazon Rekognition is offered only if it says so: %s", (value, expected) => {
  const { offersRekognition } = parseConfig({ ...complete, offersRekognition: value });

  expect({ ...(offersRekognition && { offersRekognition }) }).toEqual(expected);
});

test.each(["apiUrl", "userPoolId", "userPoolClientId"])("the error names a missing %s", (name) => {
  expect(() => parseConfig({ ...complete, [name]: "" })).toThrow(name);
});
