import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import { historyQuery, isFinished, type Task, type TaskStatus } from "@/lib/tasks";

const REFRESH_MS = 4_000;
/** With a filter by label a page may have few matches: load pages until a screen is full. */
const FULL_SCREEN = 18;

export type Filter = { status: TaskStatus | null; label: string };

/** The user's tasks, newest first, as far as they were scrolled. */
export function useHistory({ status, label }: Filter) {
  const wanted = label.trim().toLowerCase();
  const api = useApi();
  const hidden = useStore(useServices().deletions);
  const history = useInfiniteQuery({
    ...historyQuery(api, status),
    refetchOnMount: "always",
    refetchInterval: ({ state: { data } }) =>
      // Polling loads all pages again, so it slows down with their number.
      data?.pages.some((page) => !page.results.every(isFinished))
        ? REFRESH_MS * data.pages.length
        : false,
  });
  const loaded = history.data?.pages.flatMap((page) => page.results) ?? [];
  const present = loaded.filter((task) => !hidden.has(task.taskId));
  const tasks = wanted === "" ? present : present.filter((task) => hasLabel(task, wanted));

  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError, refetch } = history;
  // Only the user retries a failed page: automatic retries would never end.
  const canLoadMore = hasNextPage && !isFetching && !isFetchNextPageError;
  const needsMore = wanted !== "" && tasks.length < FULL_SCREEN;
  useEffect(() => {
    if (needsMore && canLoadMore) void fetchNextPage();
  }, [needsMore, canLoadMore, fetchNextPage]);

  return {
    ...history,
    tasks,
    labels: collectLabels(present),
    canLoadMore,
    /** How far a search by label has come. */
    search: wanted === "" ? undefined : { found: tasks.length, seen: present.length },
    retry: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}

/** Also finds by wider names: "animal" finds every dog. */
function hasLabel(task: Task, wanted: string): boolean {
  return task.labels.some(({ name, parents, aliases }) =>
    [name, ...parents.map((one) => one.name), ...aliases.map((one) => one.name)].some((word) =>
      word.toLowerCase().includes(wanted),
    ),
  );
}

function collectLabels(tasks: Task[]): string[] {
  const names = tasks.flatMap((task) =>
    task.labels.flatMap(({ name, parents }) => [name, ...parents.map((one) => one.name)]),
  );
  return [...new Set(names)].sort((a, b) => a.localeCompare(b));
}
