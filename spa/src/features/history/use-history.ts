import { type QueryKey, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useMemo } from "react";

import { useLabelWords } from "@/lib/i18n";
import { useKnownNames } from "@/lib/known-names";
import {
  askAgain,
  countRequests,
  isOld,
  isOpen,
  type ListData,
  type ListPage,
  shows,
} from "@/lib/list-pages";
import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import {
  historyQuery,
  type Task,
  type TaskList,
  type TaskPage,
  type TaskStatus,
} from "@/lib/tasks";
import { askIndexAgain, type Word, wordsQuery } from "@/lib/words";

import { resolveSearch } from "./resolve-search";

const REFRESH_MS = 4_000;
/** A page of a search may have few photos: load pages until a screen is full. */
const FULL_SCREEN = 18;
const TYPING_MS = 200;
const NO_WORDS: Word[] = [];

export type Filter = {
  status: TaskStatus | null;
  label: string;
  /** The last day that is shown, such as 2026-11-22; empty for all days. */
  until: string;
};

/** The user's tasks, newest first, as far as they were scrolled. */
export function useHistory({ status, label, until }: Filter) {
  const api = useApi();
  const hidden = useStore(useServices().deletions);
  const { words, search } = useSearch(label);
  const list: TaskList = { status, search, before: until ? endOf(until) : undefined };
  const query = historyQuery(api, list);
  const history = useInfiniteQuery({
    ...query,
    refetchOnMount: "always",
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      // The more requests it takes, the more rarely.
      const times = Math.max(countRequests(pages), 1);
      if (state.isInvalidated || pages.some(isOpen)) return REFRESH_MS * times;
      return search === undefined ? false : askIndexAgain(state) * times;
    },
  });
  const { data } = history;
  const tasks = useMemo(
    () => listTasks(data?.pages ?? []).filter((task) => !hidden.has(task.taskId)),
    [data, hidden],
  );

  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError, refetch } = history;
  // Only the user retries a failed page: automatic retries would never end.
  const canLoadMore = hasNextPage && !isFetching && !isFetchNextPageError;
  const needsMore = search !== undefined && tasks.length < FULL_SCREEN;
  useEffect(() => {
    if (needsMore && canLoadMore) void fetchNextPage();
  }, [needsMore, canLoadMore, fetchNextPage]);

  const refresh = useRefresh(query.queryKey, refetch);
  return {
    ...history,
    tasks,
    refresh,
    list,
    words,
    /** What is searched for. */
    search,
    /** The name that is searched for. */
    searchedName: search && "label" in search ? search.label : undefined,
    canLoadMore,
    /** How many photos a search has found so far. */
    found: search === undefined ? undefined : tasks.length,
    /** Load the rest of the list, and give all of its tasks. */
    loadAll: async () => {
      let page: typeof history = history;
      while (page.hasNextPage && !page.isError) page = await page.fetchNextPage();
      return listTasks(page.data?.pages ?? [])
        .map(({ taskId }) => taskId)
        .filter((taskId) => !hidden.has(taskId));
    },
    retry: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}

/** Asks again for photos on the screen that were loaded long ago. Others may have changed them. */
function useRefresh(
  queryKey: QueryKey,
  refetch: (options: { cancelRefetch: boolean }) => Promise<unknown>,
) {
  const queries = useQueryClient();
  return (seen: readonly Task[]) => {
    const taskIds = new Set(seen.map(({ taskId }) => taskId));
    const isWanted = (page: ListPage) => isOld(page) && shows(page, taskIds);
    if (!queries.getQueryData<ListData>(queryKey)?.pages.some(isWanted)) return;
    askAgain(queries, queryKey, isWanted);
    void refetch({ cancelRefetch: false });
  };
}

const listTasks = (pages: readonly TaskPage[]) => pages.flatMap(({ results }) => results);

/** The first moment after a day, where the reader is. */
function endOf(day: string): string {
  const end = new Date(`${day}T00:00`);
  end.setDate(end.getDate() + 1);
  return end.toISOString();
}

/** What is in the user's photos, and what to ask for while somebody types. */
function useSearch(label: string) {
  const api = useApi();
  const { data: counted = NO_WORDS } = useQuery({ ...wordsQuery(api), refetchOnMount: "always" });
  const [typed] = useDebouncedValue(label, TYPING_MS);
  const wanted = label === "" ? "" : typed;
  const known = useKnownNames(wanted.trim() !== "");
  const labelWords = useLabelWords();
  // It compares more than a thousand names, and the page renders with every answer.
  const search = useMemo(
    () => resolveSearch(wanted, { counted, known }, labelWords),
    [wanted, counted, known, labelWords],
  );
  return { words: counted, search };
}
