import { queryOptions } from "@tanstack/react-query";

import type { Api } from "@/lib/api";
import type { Deletion } from "@client";

export type { Deletion } from "@client";

const POLL_MS = 1_000;

/** Delete the account of the user who signed in just now. A repeat gets the same receipt. */
export async function deleteAccount(api: Api, confirmation: string): Promise<Deletion> {
  const { data } = await api.POST("/account/deletion", { body: { confirmation } });
  return data as Deletion;
}

/** The receipt. Asks again until everything is deleted. */
export const receiptQuery = (api: Api, first: Deletion) =>
  queryOptions({
    queryKey: ["deletion", first.number],
    queryFn: async ({ signal }): Promise<Deletion> => {
      const { data } = await api.GET("/account/deletion", { signal });
      return data as Deletion;
    },
    initialData: first,
    refetchInterval: ({ state }) => (state.data?.status === "deleted" ? false : POLL_MS),
  });
