import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { buildTask } from "@/testing/examples";

import type { Api } from "./api";
import { doublesQuery, findEarlier, forgetDouble, listGroups } from "./doubles";

const build = (day: number) =>
  buildTask({ taskId: `day-${day}`, createdAt: `2026-11-0${day}T12:00:00Z` });
const page = (groupId: string, ...days: number[]) => ({
  groups: [{ groupId, results: days.map(build) }],
  nextCursor: null,
});
const NOTHING: ReadonlySet<string> = new Set();
const listIds = (groups: ReturnType<typeof listGroups>) =>
  groups.map(({ results }) => results.map(({ taskId }) => taskId));

test("the parts of a group on two pages are one group, newest first", () => {
  const groups = listGroups([page("a", 5, 1), page("a", 3, 1)], NOTHING);

  expect(listIds(groups)).toEqual([["day-5", "day-3", "day-1"]]);
});

test("a photo that is left alone is no group", () => {
  expect(listGroups([page("a", 5, 1)], new Set(["day-1"]))).toEqual([]);
  expect(listGroups([page("a", 5)], NOTHING)).toEqual([]);
});

test("the photo before it is what the user had already", () => {
  const groups = listGroups([page("a", 5, 3, 1)], NOTHING);

  expect(findEarlier(groups, "day-5")?.taskId).toBe("day-3");
  expect(findEarlier(groups, "day-1")).toBeUndefined();
  expect(findEarlier(groups, "day-9")).toBeUndefined();
});

test("a deleted photo leaves the groups that the page has", () => {
  const client = new QueryClient();
  const { queryKey } = doublesQuery({} as Api);
  client.setQueryData(queryKey, { pages: [page("a", 5, 3, 1)], pageParams: [""] });

  forgetDouble(client, "day-3");

  const groups = listGroups(client.getQueryData(queryKey)?.pages ?? [], NOTHING);
  expect(listIds(groups)).toEqual([["day-5", "day-1"]]);
});
