import { type QueryState, queryOptions } from "@tanstack/react-query";

import type { Api } from "./api";
import type { Word, WordPage } from "@client";

export type { Word } from "@client";

/** All names that our models know, and more. */
const MOST_WORDS = 2000;

const INDEX_MS = 4_000;
const MOST_INDEX_MS = 60_000;

/**
 * When to ask the index of words again, in milliseconds: soon at first, then more and more rarely.
 *
 * The index follows a photo by seconds, and nothing tells the page when it has it.
 */
export const askIndexAgain = ({ dataUpdateCount }: Pick<QueryState, "dataUpdateCount">): number =>
  Math.min(INDEX_MS * Math.max(dataUpdateCount, 1), MOST_INDEX_MS);

export const wordsKey = ["words"] as const;

/** The names in the user's results with their counts, the most frequent first. */
export const wordsQuery = (api: Api) =>
  queryOptions({
    queryKey: wordsKey,
    queryFn: async ({ signal }): Promise<Word[]> => {
      const params = { query: { limit: MOST_WORDS } };
      const { data } = await api.GET("/results/words", { params, signal });
      return (data as WordPage).words;
    },
    staleTime: 5_000,
    refetchInterval: ({ state }) => askIndexAgain(state),
  });
