import {
  infiniteQueryOptions,
  queryOptions,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";

import type { Api } from "./api";
import { isFinished, type Task, type TaskPage } from "@client";
import { isPassing } from "./errors";
import {
  askAgain,
  findKept,
  findPage,
  LATER_SIZE,
  type ListPage,
  readAgain,
  shows,
} from "./list-pages";
import type { TaskHints } from "./task-hints";

export { isFinished } from "@client";
export type { Instance, Label, Task, TaskPage } from "@client";
export type TaskStatus = Task["status"];
export type Feature = Task["features"][number];
export type Detail = Task["detail"];
export type Engine = Task["engine"]["asked"];
export type PictureText = NonNullable<Task["text"]>;

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
/** A finished task does not change, but its picture's address is valid for 60 s only. */
const FINISHED_STALE_MS = 50_000;

/** Whether nothing more comes by itself: also a newer version of the result is finished. */
export const isSettled = (task: Pick<Task, "status" | "nextVersion">) =>
  isFinished(task) && !(task.nextVersion && !isFinished(task.nextVersion));

/** Most photos are done within two seconds: poll often at first, then less and less often. */
export const getPollInterval = (pollCount: number) =>
  Math.min(FIRST_POLL_MS * 1.35 ** pollCount, SLOWEST_POLL_MS);

export const taskKey = (taskId: string) => ["tasks", taskId] as const;

export async function readTask(api: Api, taskId: string, signal?: AbortSignal): Promise<Task> {
  const params = { path: { taskId } };
  const { data } = await api.GET("/results/{taskId}", { params, signal: signal ?? null });
  return data as Task;
}

/** What `taskQuery` needs of the page's services. */
type TaskSource = { api: Api; hints: TaskHints };

/**
 * @param isNew Whether the photo was sent a moment ago: then the first question waits for the hint
 *   that the task is finished.
 */
export const taskQuery = ({ api, hints }: TaskSource, taskId: string, isNew = false) =>
  queryOptions({
    queryKey: taskKey(taskId),
    queryFn: async ({ signal, client }) => {
      const isFirst = client.getQueryState(taskKey(taskId))?.data === undefined;
      if (isNew && isFirst) await hints.untilFinished(taskId, signal);
      return readTask(api, taskId, signal);
    },
    // TanStack Query does not poll in hidden tabs, and refetches when a tab becomes visible.
    refetchInterval: ({ state }) => {
      // A deleted task stays deleted. An ended session continues after the next sign-in.
      if (state.error && !isPassing(state.error)) return false;
      if (state.data && isSettled(state.data)) return false;
      if (hints.canCome) return hints.getPollInterval(state.data?.status === "queued");
      return getPollInterval(state.dataUpdateCount + state.errorUpdateCount);
    },
    staleTime: ({ state }) => (state.data && isSettled(state.data) ? FINISHED_STALE_MS : 0),
  });

/** Ask again for the tasks that are shown and not finished. */
export async function refreshOpenTasks(client: QueryClient): Promise<void> {
  await client.invalidateQueries({
    queryKey: ["tasks"],
    predicate: ({ state }) =>
      !isSettled((state.data as Task | undefined) ?? { status: "queued", nextVersion: null }),
  });
}

export const historyKey = ["history"] as const;

/** What the API looks for in results: a whole name, or words wherever they are. */
export type Search = { label: string } | { query: string };

/** One list of tasks, newest first: all of the user's, or those that a search finds. */
export type TaskList = {
  status: TaskStatus | null;
  search?: Search | undefined;
  /** Only tasks that were created before this time, in ISO 8601. */
  before?: string | undefined;
};

export const ALL_TASKS: TaskList = { status: null };

export const historyQuery = (api: Api, { status, search, before }: TaskList = ALL_TASKS) =>
  infiniteQueryOptions({
    queryKey: [...historyKey, status, search ?? null, before ?? null],
    queryFn: async ({ pageParam, signal, client, queryKey }): Promise<ListPage> => {
      const known = findPage(client, queryKey, pageParam);
      const kept = findKept(known, pageParam);
      if (kept) return kept;
      const read = async (cursor: string) => {
        const query = {
          limit: cursor ? LATER_SIZE : pickFirstSize(known),
          ...toParameters(search),
          ...(status && { status }),
          ...(before && { to: before }),
          ...(cursor && { cursor }),
        };
        const { data } = await api.GET("/results", { params: { query }, signal });
        return data as TaskPage;
      };
      const page = await (known ? readAgain(known, pageParam, read) : read(pageParam));
      return { ...page, readAt: Date.now() };
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: 5_000,
  });

/** New photos come to the first page, so it grows. */
const pickFirstSize = (known: TaskPage | undefined) =>
  Math.min(Math.max(PAGE_SIZE, known?.results.length ?? 0), LATER_SIZE);

function toParameters(search: Search | undefined) {
  if (search === undefined) return {};
  return "label" in search ? { label: [search.label] } : { query: search.query };
}

/** A task as a list that was loaded earlier shows it. */
export function findListed(client: QueryClient, taskId: string): Task | undefined {
  const lists = client.getQueriesData<InfiniteData<TaskPage>>({ queryKey: historyKey });
  return lists
    .flatMap(([, data]) => data?.pages ?? [])
    .flatMap(({ results }) => results)
    .find((task) => task.taskId === taskId);
}

export async function deleteTask(api: Api, taskId: string): Promise<void> {
  // keepalive: the browser finishes the request even if the page closes.
  await api.DELETE("/results/{taskId}", { params: { path: { taskId } }, keepalive: true });
}

export async function retryTask(api: Api, taskId: string): Promise<void> {
  await api.POST("/results/{taskId}/retry", { params: { path: { taskId } } });
}

/** Ask again for these tasks in every list. */
export async function refreshListed(client: QueryClient, taskIds: readonly string[]) {
  const wanted = new Set(taskIds);
  askAgain(client, historyKey, (page) => shows(page, wanted));
  await client.invalidateQueries({ queryKey: historyKey });
}

/** Remove a task from every list at once, without waiting for the API. */
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
