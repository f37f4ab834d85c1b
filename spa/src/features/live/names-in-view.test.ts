import { beforeEach, expect, test } from "vitest";

import { buildLabel } from "@/testing/examples";

import { NamesInView } from "./names-in-view";

let names: NamesInView;
let said: string[];

beforeEach(() => {
  names = new NamesInView();
  said = [];
  names.onNews((all) => said.push(all.join(", ")));
});

const see = (now: number, ...seen: string[]) => {
  names.update(
    seen.map((name) => buildLabel(name, 90)),
    now,
  );
};

const shown = () => names.state.map(({ name }) => name);

test("a name stays for a moment after it was seen last", () => {
  see(0, "dog", "cup");
  see(1_000, "dog");
  expect(shown()).toEqual(["dog", "cup"]);

  see(2_000, "dog");

  expect(shown()).toEqual(["dog"]);
});

test("the list keeps its order while confidences change", () => {
  names.update([buildLabel("dog", 60), buildLabel("cup", 90)], 0);
  names.update([buildLabel("cup", 70), buildLabel("dog", 80)], 200);

  expect(names.state).toEqual([
    { name: "dog", confidence: 80, hasBox: false },
    { name: "cup", confidence: 70, hasBox: false },
  ]);
});

test("names are said when they change, not with every answer", () => {
  see(0, "dog");
  see(200, "dog");
  see(6_000, "dog");

  expect(said).toEqual(["dog"]);
});

test("changes within five seconds are said together", () => {
  see(0, "dog");
  see(1_000, "dog", "cup");
  see(2_000, "dog", "cup", "tree");
  expect(said).toEqual(["dog"]);

  see(5_000, "dog", "cup", "tree");

  expect(said).toEqual(["dog", "dog, cup, tree"]);
});

test("a name that comes and goes within five seconds is not said", () => {
  see(0, "dog");
  see(1_000, "dog", "cup");
  for (let now = 1_200; now <= 6_000; now += 200) see(now, "dog");

  expect(said).toEqual(["dog"]);
});

test("it is said once that nothing is in view any more", () => {
  see(0, "dog");
  for (let now = 500; now <= 9_000; now += 500) names.tidy(now);

  expect(said).toEqual(["dog", ""]);
});

test("after a stop the same name is said again", () => {
  see(0, "dog");
  names.clear();
  see(100, "dog");

  expect(said).toEqual(["dog", "dog"]);
});
