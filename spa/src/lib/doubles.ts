import { type InfiniteData, infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";

import type { Api } from "./api";
import type { DoublesGroup, DoublesPage, Task } from "@client";

export type { DoublesGroup } from "@client";

const doublesKey = ["doubles"] as const;
/** What the API sends at most. */
const PAGE_SIZE = 50;

type Doubles = InfiniteData<DoublesPage, string>;

/**
 * The photos that the user has more than once, those that came last first.
 *
 * @param since Only those that came since then: the photos of this visit.
 */
export const doublesQuery = (api: Api, since?: string) =>
  infiniteQueryOptions({
    // There is one visit at a time, and its start moves when its first photo is removed.
    queryKey: [...doublesKey, since === undefined ? "all" : "visit"],
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_SIZE,
        ...(since && { from: since }),
        ...(pageParam && { cursor: pageParam }),
      };
      const { data } = await api.GET("/results/doubles", { params: { query }, signal });
      return data as DoublesPage;
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/**
 * The groups of all pages.
 *
 * A group can be on several pages. What was removed is left out, and groups of which one is left.
 */
export function listGroups(
  pages: readonly DoublesPage[],
  removed: ReadonlySet<string>,
): DoublesGroup[] {
  const members = new Map<string, Map<string, Task>>();
  for (const { groupId, results } of pages.flatMap(({ groups }) => groups)) {
    const known = members.get(groupId) ?? new Map<string, Task>();
    members.set(groupId, known);
    for (const task of results) if (!removed.has(task.taskId)) known.set(task.taskId, task);
  }
  return [...members]
    .map(([groupId, tasks]) => ({ groupId, results: [...tasks.values()].sort(byNewest) }))
    .filter(({ results }) => results.length > 1);
}

const byNewest = (one: Task, other: Task) => (one.createdAt < other.createdAt ? 1 : -1);

/** The photo that the user had already when this one came. */
export function findEarlier(groups: readonly DoublesGroup[], taskId: string): Task | undefined {
  const results = groups.map((group) => group.results).find((tasks) => tasks.some(is(taskId)));
  return results?.[results.findIndex(is(taskId)) + 1];
}

const is = (taskId: string) => (task: Task) => task.taskId === taskId;

/** Remove a task that was deleted from all groups. */
export function forgetDouble(client: QueryClient, taskId: string): void {
  client.setQueriesData<Doubles>(
    { queryKey: doublesKey },
    (data) => data && { ...data, pages: data.pages.map((page) => withoutTask(page, taskId)) },
  );
}

const withoutTask = (page: DoublesPage, taskId: string): DoublesPage => ({
  ...page,
  groups: page.groups.map((group) => ({
    ...group,
    results: group.results.filter((task) => task.taskId !== taskId),
  })),
});
