import {
  useMutation,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from "@tanstack/react-query";

import type { Api } from "./api";
import type { CorrectionsRequest } from "@client";
import { useApi } from "./services";
import { historyKey, taskKey, type Task, type TaskPage } from "./tasks";
import { wordsKey } from "./words";

type Corrected = Pick<Task, "labels" | "corrections">;

/** All corrections of one result, as the API takes them. */
export type Draft = Required<Pick<CorrectionsRequest, "removed" | "renamed" | "added">>;

const NOTHING: Draft = { removed: [], renamed: [], added: [] };

/** What the user has said so far. The API takes nothing else that it tells about corrections. */
export const getDraft = ({ corrections }: Corrected): Draft => {
  const { removed, renamed, added } = corrections ?? NOTHING;
  return { removed, renamed, added };
};

/** Names of labels as the models found them. */
export const listFound = ({ labels, corrections }: Corrected) =>
  (corrections?.foundLabels ?? labels).map(({ name }) => name);

/** What the models called a label; empty if they found it by this name, or not at all. */
export const listOldNames = (task: Corrected, name: string) =>
  getDraft(task)
    .renamed.filter(({ to }) => to === name)
    .map(({ from }) => from);

export const isNamed = (task: Corrected, name: string) => getDraft(task).added.includes(name);

/** A wider name that only follows from a corrected label cannot be corrected by itself. */
export const canCorrect = (task: Corrected, name: string) =>
  isNamed(task, name) || listOldNames(task, name).length > 0 || listFound(task).includes(name);

const isStillThere = (task: Corrected, name: string) => {
  const { removed, renamed } = getDraft(task);
  const isWrong = removed.includes(name) || renamed.some(({ from }) => from === name);
  return listFound(task).includes(name) && !isWrong;
};

/** The label that is shown as `name` is not in the picture. */
export function remove(task: Corrected, name: string): Draft {
  const { removed, renamed, added } = getDraft(task);
  return {
    removed: [...removed, ...listOldNames(task, name), ...(isStillThere(task, name) ? [name] : [])],
    renamed: renamed.filter(({ to }) => to !== name),
    added: added.filter((one) => one !== name),
  };
}

/** The label that is shown as `name` is called `right`. */
export function rename(task: Corrected, name: string, right: string): Draft {
  const { removed, renamed, added } = getDraft(task);
  if (name === right) return add(task, right);
  const changed = renamed.map((one) => (one.to === name ? { ...one, to: right } : one));
  const fresh = isStillThere(task, name) ? [{ from: name, to: right }] : [];
  return {
    removed,
    renamed: [...changed, ...fresh].filter(({ from, to }) => from !== to),
    added: [...new Set(added.map((one) => (one === name ? right : one)))],
  };
}

/** `name` is in the picture too. */
export function add(task: Corrected, name: string): Draft {
  const draft = getDraft(task);
  if (draft.removed.includes(name)) return takeBack(task, name);
  return { ...draft, added: [...new Set([...draft.added, name])] };
}

/** Take back what was said about a label: its found name, or the name that was added. */
export function takeBack(task: Corrected, name: string): Draft {
  const { removed, renamed, added } = getDraft(task);
  return {
    removed: removed.filter((one) => one !== name),
    renamed: renamed.filter(({ from }) => from !== name),
    added: added.filter((one) => one !== name),
  };
}

async function send(api: Api, task: Task, draft: Draft): Promise<Task> {
  const { data } = await api.PUT("/results/{taskId}/corrections", {
    params: { path: { taskId: task.taskId } },
    body: { ...draft, revision: task.corrections?.revision ?? 0 },
  });
  return data as Task;
}

/** Stores corrections of a result, and shows them wherever the result is shown. */
export function useCorrect() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ task, draft }: { task: Task; draft: Draft }) => send(api, task, draft),
    onSuccess: (task) => {
      show(queries, task);
    },
    // Perhaps another browser has corrected it: show what is stored.
    onError: (_, { task }) => queries.invalidateQueries({ queryKey: taskKey(task.taskId) }),
  });
}

function show(queries: QueryClient, task: Task): void {
  queries.setQueryData(taskKey(task.taskId), task);
  void queries.invalidateQueries({ queryKey: wordsKey });
  queries.setQueriesData<InfiniteData<TaskPage>>(
    { queryKey: historyKey },
    (data) => data && { ...data, pages: data.pages.map((page) => withTask(page, task)) },
  );
}

const withTask = (page: TaskPage, task: Task): TaskPage => ({
  ...page,
  results: page.results.map((one) => (one.taskId === task.taskId ? task : one)),
});
