import { queryOptions } from "@tanstack/react-query";

import type { Api } from "@/lib/api";
import type { Key, KeyList, KeyRequest, NewKey, Usage } from "@client";

export type { KeyRequest, NewKey, UsageDay } from "@client";
export type ApiKey = Key;

/** The API takes no more. */
export const MOST_KEYS = 10;

export const isOver = ({ endsAt }: ApiKey) => endsAt !== null && Date.parse(endsAt) <= Date.now();

export const keysKey = ["keys"] as const;

export const keysQuery = (api: Api) =>
  queryOptions({
    queryKey: keysKey,
    queryFn: async ({ signal }): Promise<ApiKey[]> => {
      const { data } = await api.GET("/keys", { signal });
      return (data as KeyList).keys;
    },
  });

export const usageQuery = (api: Api) =>
  queryOptions({
    queryKey: ["usage"],
    queryFn: async ({ signal }): Promise<Usage> => {
      const { data } = await api.GET("/usage", { signal });
      return data as Usage;
    },
  });

/** Make a key. The answer has it, once. */
export async function makeKey(api: Api, wanted: KeyRequest): Promise<NewKey> {
  const { data } = await api.POST("/keys", { body: wanted });
  return data as NewKey;
}

export async function revokeKey(api: Api, keyId: string): Promise<void> {
  await api.DELETE("/keys/{keyId}", { params: { path: { keyId } } });
}
