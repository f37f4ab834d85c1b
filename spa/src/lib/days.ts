import { queryOptions } from "@tanstack/react-query";

import type { Api } from "./api";
import type { Days } from "@client";

/** The days on which the user has photos, newest first: the moment of the newest photo of each. */
export const daysQuery = (api: Api) =>
  queryOptions({
    queryKey: ["days"],
    queryFn: async ({ signal }): Promise<string[]> => {
      const query = { utcOffset: -new Date().getTimezoneOffset() };
      const { data } = await api.GET("/results/days", { params: { query }, signal });
      return (data as Days).days.map(({ newestAt }) => newestAt);
    },
    staleTime: 60_000,
  });
