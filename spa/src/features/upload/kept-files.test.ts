import "fake-indexeddb/auto";

import { expect, onTestFinished, test, vi } from "vitest";

import { KeptFiles } from "./kept-files";

const PHOTO = new File(["bytes"], "photo.jpg", { type: "image/jpeg" });

test("a file is found again after a reload, until it is dropped", async () => {
  await new KeptFiles().keep("1", PHOTO);

  const after = new KeptFiles();
  expect((await after.find("1"))?.size).toBe(5);
  await after.drop("1");
  expect(await after.find("1")).toBeUndefined();
});

test("files of yesterday are dropped, and all of them when the user leaves", async () => {
  const files = new KeptFiles();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 25 * 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  await files.keep("old", PHOTO);
  vi.useRealTimers();
  await files.keep("new", PHOTO);

  await files.dropOld();

  expect(await files.find("old")).toBeUndefined();
  expect(await files.find("new")).toBeDefined();
  await files.clear();
  expect(await files.find("new")).toBeUndefined();
});
