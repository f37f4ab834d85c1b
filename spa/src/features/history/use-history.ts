import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { type LabelWords, useLabelWords } from "@/lib/i18n";
import { useKnownNames } from "@/lib/known-names";
import { LIKELY, pickSure } from "@/lib/labels";
import { isFound, isStarted } from "@/lib/search-words";
import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import { historyQuery, isFinished, type Label, type Task, type TaskStatus } from "@/lib/tasks";

const REFRESH_MS = 4_000;
/** With a filter by label a page may have few matches: load pages until a screen is full. */
const FULL_SCREEN = 18;

export type Filter = { status: TaskStatus | null; label: string };

/** The user's tasks, newest first, as far as they were scrolled. */
export function useHistory({ status, label }: Filter) {
  const wanted = label.trim();
  const words = useLabelWords();
  const api = useApi();
  const hidden = useStore(useServices().deletions);
  const history = useInfiniteQuery({
    ...historyQuery(api, status),
    refetchOnMount: "always",
    refetchInterval: ({ state: { data, isInvalidated } }) =>
      // Polling loads all pages again, so it slows down with their number.
      isInvalidated || data?.pages.some((page) => !page.results.every(isFinished))
        ? REFRESH_MS * (data?.pages.length ?? 1)
        : false,
  });
  const loaded = history.data?.pages.flatMap((page) => page.results) ?? [];
  const present = loaded.filter((task) => !hidden.has(task.taskId));
  const known = useKnownNames(wanted !== "");
  const tasks = wanted === "" ? present : findTasks(present, wanted, words, known);

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
    labels: collectLabels(present, words),
    canLoadMore,
    /** How far a search by label has come. */
    search: wanted === "" ? undefined : { found: tasks.length, seen: present.length },
    retry: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}

/**
 * The tasks with a label that the query names, in English or in the user's language.
 *
 * A wider name counts too: "animal" finds every dog. Only labels count that a tile can show. Words
 * are whole, in any number: "cars" finds a car and no carrot. A query that names nothing yet finds
 * what starts with it.
 */
function findTasks(
  tasks: Task[],
  wanted: string,
  words: LabelWords,
  known: readonly string[],
): Task[] {
  const named = tasks.map((task) => ({
    task,
    phrases: pickSure(task.labels, LIKELY).flatMap(listPhrases(words)),
  }));
  const whole = named.filter(({ phrases }) =>
    phrases.some(({ text, language }) => isFound(wanted, text, language)),
  );
  const isWord = known.some(
    (name) => isFound(wanted, name, "en") || isFound(wanted, words.say(name), words.language),
  );
  const found = whole.length > 0 || isWord ? whole : named.filter(isStartedBy(wanted));
  return found.map(({ task }) => task);
}

type Phrase = { text: string; language: LabelWords["language"] };

const isStartedBy =
  (wanted: string) =>
  ({ phrases }: { phrases: Phrase[] }): boolean =>
    phrases.some(({ text }) => isStarted(wanted, text));

/** All that a label is called. */
const listPhrases =
  ({ say, language }: LabelWords) =>
  ({ name, parents, aliases }: Label): Phrase[] => {
    const names = [name, ...parents.map((one) => one.name)];
    const english = [...names, ...aliases.map((one) => one.name)];
    return [
      ...english.map((text): Phrase => ({ text, language: "en" })),
      ...names.map((one): Phrase => ({ text: say(one), language })),
    ];
  };

/** Suggestions for a search, as the page calls the labels. */
function collectLabels(tasks: Task[], { say }: LabelWords): string[] {
  const names = tasks.flatMap((task) =>
    pickSure(task.labels, LIKELY).flatMap(({ name, parents }) => [
      name,
      ...parents.map((one) => one.name),
    ]),
  );
  return [...new Set(names.map(say))].sort((a, b) => a.localeCompare(b));
}
