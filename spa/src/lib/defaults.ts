import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import type { Api } from "./api";
import type { AccountDefaults as Defaults } from "@client";
import { useApi } from "./services";

/** What the account chose for its uploads. Null where it chose nothing. */
export type { AccountDefaults as Defaults } from "@client";

/** Where the account chose nothing, this page removes place and camera. */
export const STRIPS_AT_FIRST = true;

const KEY = ["defaults"] as const;

export const defaultsQuery = (api: Api) =>
  queryOptions({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const { data } = await api.GET("/account/defaults", { signal });
      return data as Defaults;
    },
    staleTime: Infinity,
    // Uploads wait for it, and they say themselves that the network is gone and when to try again.
    networkMode: "always",
    retry: false,
  });

/** The account's defaults, and how to change one of them. */
export function useDefaults() {
  const api = useApi();
  const queries = useQueryClient();
  const { data, error } = useQuery({
    ...defaultsQuery(api),
    refetchOnMount: "always", // Another browser may have chosen otherwise
  });
  const change = useMutation({
    mutationFn: async (body: Defaults) => {
      await api.PUT("/account/defaults", { body });
    },
    // One after the other: each replaces all defaults, so an older one must not arrive last.
    scope: { id: "defaults" },
    // Show the choice at once. If it was not stored, show what is stored.
    onMutate: async (chosen) => {
      await queries.cancelQueries({ queryKey: KEY }); // An answer on its way is older
      queries.setQueryData(KEY, chosen);
    },
    onError: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  return {
    defaults: data,
    error: error ?? change.error,
    choose: (part: Partial<Defaults>) => {
      // Not `data`: the last choice may not have been rendered yet.
      const chosen = queries.getQueryData<Defaults>(KEY);
      if (chosen) change.mutate({ ...chosen, ...part });
    },
  };
}
