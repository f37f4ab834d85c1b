import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useMemo } from "react";

import { useLabelWords } from "@/lib/i18n";
import { useKnownNames } from "@/lib/known-names";
import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import {
  historyQuery,
  isFinished,
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
  const history = useInfiniteQuery({
    ...historyQuery(api, list),
    refetchOnMount: "always",
    refetchInterval: ({ state }) => {
      // Polling loads all pages again, so it slows down with their number.
      const pages = state.data?.pages ?? [];
      const isOpen = pages.some((page) => !page.results.every(isFinished));
      if (state.isInvalidated || isOpen) return REFRESH_MS * Math.max(pages.length, 1);
      return search === undefined ? false : askIndexAgain(state) * Math.max(pages.length, 1);
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

  return {
    ...history,
    tasks,
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
