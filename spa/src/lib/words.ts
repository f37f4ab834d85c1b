import { queryOptions } from "@tanstack/react-query";

import type { Api } from "./api";
import type { Word, WordPage } from "./api-schema";

export type { Word } from "./api-schema";

/** All names that our models know, and more. */
const MOST_WORDS = 2000;

/** The names in the user's results with their counts, the most frequent first. */
export const wordsQuery = (api: Api) =>
  queryOptions({
    queryKey: ["words"],
    queryFn: async ({ signal }): Promise<Word[]> => {
      const params = { query: { limit: MOST_WORDS } };
      const { data } = await api.GET("/results/words", { params, signal });
      return (data as WordPage).words;
    },
    staleTime: 5_000,
  });
