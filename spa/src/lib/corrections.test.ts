import { expect, test } from "vitest";

import { buildLabel } from "@/testing/examples";

import { add, canCorrect, type Draft, remove, rename, takeBack } from "./corrections";

const FOUND = [buildLabel("dog", 97, { parents: ["animal"] }), buildLabel("sofa", 60)];

/** A result as the API shows it after these corrections. */
const build = (draft: Partial<Draft> = {}) => ({
  labels: [],
  corrections: {
    removed: [],
    renamed: [],
    added: [],
    ...draft,
    revision: 1,
    correctedAt: "2026-11-22T12:00:00Z",
    foundLabels: FOUND,
  },
});

const draft = (parts: Partial<Draft> = {}): Draft => ({
  removed: [],
  renamed: [],
  added: [],
  ...parts,
});

test("a result that nobody corrected is corrected by the names that it shows", () => {
  const task = { labels: FOUND, corrections: null };

  expect(remove(task, "sofa")).toEqual(draft({ removed: ["sofa"] }));
  expect(rename(task, "dog", "wolf")).toEqual(draft({ renamed: [{ from: "dog", to: "wolf" }] }));
  expect(add(task, "snow")).toEqual(draft({ added: ["snow"] }));
});

test("a renamed label is renamed again and removed by its found name", () => {
  const task = build({ renamed: [{ from: "dog", to: "wolf" }] });

  expect(rename(task, "wolf", "husky")).toEqual(draft({ renamed: [{ from: "dog", to: "husky" }] }));
  expect(remove(task, "wolf")).toEqual(draft({ removed: ["dog"] }));
  expect(rename(task, "wolf", "dog")).toEqual(draft());
});

test("an added label is renamed and removed without a trace", () => {
  const task = build({ added: ["snow"] });

  expect(rename(task, "snow", "ice")).toEqual(draft({ added: ["ice"] }));
  expect(remove(task, "snow")).toEqual(draft());
});

test("a found label that another one was renamed to is removed with that one", () => {
  const task = build({ renamed: [{ from: "sofa", to: "dog" }] });

  expect(remove(task, "dog")).toEqual(draft({ removed: ["sofa", "dog"] }));
});

test("a removed label that is added is no longer removed", () => {
  expect(add(build({ removed: ["sofa"] }), "sofa")).toEqual(draft());
});

test("a second label is added, and nothing is sent that the API does not take", () => {
  const task = build({ added: ["snow"] });

  expect(add(task, "grass")).toEqual(draft({ added: ["snow", "grass"] }));
});

test("one correction is taken back and the others stay", () => {
  const task = build({
    removed: ["sofa"],
    renamed: [{ from: "dog", to: "wolf" }],
    added: ["snow"],
  });

  expect(takeBack(task, "dog")).toEqual(draft({ removed: ["sofa"], added: ["snow"] }));
});

test("a wider name that only follows from a corrected label cannot be corrected", () => {
  const task = build({ added: ["snow"] });

  expect(["snow", "dog", "weather"].map((name) => canCorrect(task, name))).toEqual([
    true,
    true,
    false,
  ]);
});
