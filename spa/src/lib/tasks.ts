import {
  infiniteQueryOptions,
  queryOptions,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";

import type { Api } from "./api";
import type { Task, TaskPage } from "./api-schema";
import { isPassing } from "./errors";

export type { Instance, Label, Task, TaskPage } from "./api-schema";
export type TaskStatus = Task["status"];

export const TASK_STATUSES = [
  "awaiting_upload",
  "queued",
  "processing",
  "succeeded",
  "failed",
  "expired",
] as const satisfies readonly TaskStatus[];

const FIRST_POLL_MS = 400;
const SLOWEST_POLL_MS = 5_000;
const PAGE_SIZE = 24;
/** Signed picture addresses live 15 minutes. */
const FINISHED_STALE_MS = 10 * 60_000;

export const isFinished = ({ status }: Pick<Task, "status">) =>
  status === "succeeded" || status === "failed" || status === "expired";

/** Most photos are done within a second or two, so ask often at first and then ever less. */
export const getPollInterval = (pollCount: number) =>
  Math.min(FIRST_POLL_MS * 1.35 ** pollCount, SLOWEST_POLL_MS);

export const taskKey = (taskId: string) => ["tasks", taskId] as const;

export const taskQuery = (api: Api, taskId: string) =>
  queryOptions({
    queryKey: taskKey(taskId),
    queryFn: async ({ signal }) => {
      const { data } = await api.GET("/results/{taskId}", {
        params: { path: { taskId } },
        signal,
      });
      return data as Task;
    },
    // TanStack Query does not poll in hidden tabs and asks again when one is seen.
    refetchInterval: ({ state }) => {
      // A task that is gone stays gone. An ended session goes on after the next sign-in.
      if (state.error && !isPassing(state.error)) return false;
      if (state.data && isFinished(state.data)) return false;
      return getPollInterval(state.dataUpdateCount + state.errorUpdateCount);
    },
    staleTime: ({ state }) => (state.data && isFinished(state.data) ? FINISHED_STALE_MS : 0),
  });

export const historyKey = ["history"] as const;

export const historyQuery = (api: Api, status: TaskStatus | null) =>
  infiniteQueryOptions({
    queryKey: [...historyKey, status],
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_SIZE,
        ...(status && { status }),
        ...(pageParam && { cursor: pageParam }),
      };
      const { data } = await api.GET("/results", { params: { query }, signal });
      return data as TaskPage;
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: 5_000,
  });

export async function deleteTask(api: Api, taskId: string): Promise<void> {
  // The page may be about to go: then the browser finishes this without it.
  await api.DELETE("/results/{taskId}", { params: { path: { taskId } }, keepalive: true });
}

export async function retryTask(api: Api, taskId: string): Promise<void> {
  await api.POST("/results/{taskId}/retry", { params: { path: { taskId } } });
}

/** Take a task out of every list at once, before or without asking the API. */
export function forgetTask(client: QueryClient, taskId: string): void {
  client.removeQueries({ queryKey: taskKey(taskId) });
  client.setQueriesData<InfiniteData<TaskPage>>(
    { queryKey: historyKey },
    (data) => data && { ...data, pages: data.pages.map((page) => withoutTask(page, taskId)) },
  );
}

const withoutTask = (page: TaskPage, taskId: string): TaskPage => ({
  ...page,
  results: page.results.filter((task) => task.taskId !== taskId),
});
