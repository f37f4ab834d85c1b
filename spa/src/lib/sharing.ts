import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import type { Api } from "./api";
import type { Sharing } from "@client";
import { useApi } from "./services";

const KEY = ["sharing"] as const;

const sharingQuery = (api: Api) =>
  queryOptions({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const { data } = await api.GET("/account/sharing", { signal });
      return data as Sharing;
    },
    staleTime: Infinity,
  });

/** Whether operators may use the photos that the user corrected; null before an answer. */
export function useSharing({ isWanted = true } = {}) {
  const api = useApi();
  const queries = useQueryClient();
  const { data, error } = useQuery({ ...sharingQuery(api), enabled: isWanted });
  const change = useMutation({
    mutationFn: async (corrections: boolean) => {
      await api.PUT("/account/sharing", { body: { corrections } });
    },
    scope: { id: "sharing" }, // One after the other, so that the last answer is stored last
    // Show the answer at once. If it was not stored, show what is stored.
    onMutate: async (corrections) => {
      await queries.cancelQueries({ queryKey: KEY }); // An answer on its way is older
      queries.setQueryData<Sharing>(KEY, { corrections, chosenAt: new Date().toISOString() });
    },
    onError: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  return { sharing: data, error: error ?? change.error, choose: change.mutate };
}
