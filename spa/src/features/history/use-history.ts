import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import { historyQuery, isFinished, type Task, type TaskStatus } from "@/lib/tasks";

const REFRESH_MS = 4_000;
/** With a filter by label a page may hold few matches: go on until a screen is full. */
const FULL_SCREEN = 18;

export type Filter = { status: TaskStatus | null; label: string };

/** My tasks, newest first, as far as they were scrolled. */
export function useHistory({ status, label }: Filter) {
  const api = useApi();
  const hidden = useStore(useServices().deletions);
  const history = useInfiniteQuery({
    ...historyQuery(api, status),
    refetchOnMount: "always",
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => !page.results.every(isFinished)) ? REFRESH_MS : false,
  });
  const loaded = history.data?.pages.flatMap((page) => page.results) ?? [];
  const present = loaded.filter((task) => !hidden.has(task.taskId));
  const tasks = label === "" ? present : present.filter((task) => hasLabel(task, label));

  const { fetchNextPage, hasNextPage, isFetching } = history;
  const needsMore = label !== "" && tasks.length < FULL_SCREEN;
  useEffect(() => {
    if (needsMore && hasNextPage && !isFetching) void fetchNextPage();
  }, [needsMore, hasNextPage, isFetching, fetchNextPage]);

  return { ...history, tasks, labels: collectLabels(present) };
}

/** Also by a wider name: "animal" finds every dog. */
export function hasLabel(task: Task, wanted: string): boolean {
  const text = wanted.trim().toLowerCase();
  return task.labels.some(({ name, parents, aliases }) =>
    [name, ...parents.map((one) => one.name), ...aliases.map((one) => one.name)].some((word) =>
      word.toLowerCase().includes(text),
    ),
  );
}

function collectLabels(tasks: Task[]): string[] {
  const names = tasks.flatMap((task) =>
    task.labels.flatMap(({ name, parents }) => [name, ...parents.map((one) => one.name)]),
  );
  return [...new Set(names)].sort((a, b) => a.localeCompare(b));
}
