import { queryOptions } from "@tanstack/react-query";

import type { Api } from "@/lib/api";
import type { TextKey } from "@/lib/i18n";
import type { Export, ExportList, ExportRequest } from "@client";

export type { Export } from "@client";
export type Format = Export["format"];
/** Which photos: those with some ids, those that a search finds, or all. */
export type Choice = Partial<Omit<ExportRequest, "format">>;
export type Wanted = Choice & Pick<ExportRequest, "format">;

export const FORMATS = [
  "originals",
  "csv",
  "xmp",
  "coco",
  "ndjson",
] as const satisfies readonly Format[];

/** The API takes no more ids at once. */
export const MOST_IDS = 350;

/** The name and the explanation of each format, as keys of the texts. */
export const TEXTS = {
  originals: { name: "takeAway.isOriginals", why: "takeAway.whyOriginals" },
  csv: { name: "takeAway.isCsv", why: "takeAway.whyCsv" },
  xmp: { name: "takeAway.isXmp", why: "takeAway.whyXmp" },
  coco: { name: "takeAway.isCoco", why: "takeAway.whyCoco" },
  ndjson: { name: "takeAway.isNdjson", why: "takeAway.whyNdjson" },
} as const satisfies Record<Format, { name: TextKey; why: TextKey }>;

const POLL_MS = 1_000;

export const exportsKey = ["exports"] as const;

export const isOpen = ({ status }: Export) => status === "waiting" || status === "running";

export const isAnyOpen = (present: readonly Export[] | undefined) => present?.some(isOpen) ?? false;

/** The user's exports, newest first. Asks again while one of them is being written. */
export const exportsQuery = (api: Api) =>
  queryOptions({
    queryKey: exportsKey,
    queryFn: async ({ signal }): Promise<Export[]> => {
      const { data } = await api.GET("/exports", { signal });
      return (data as ExportList).exports;
    },
    refetchInterval: ({ state }) => (isAnyOpen(state.data) ? POLL_MS : false),
  });

/**
 * Ask for an export.
 *
 * @param key The same for each try, so that a lost answer does not begin a second one.
 */
export async function beginExport(api: Api, wanted: Wanted, key: string): Promise<Export> {
  const params = { header: { "Idempotency-Key": key } };
  // The API fills in what is left out.
  const { data } = await api.POST("/exports", { body: wanted, params });
  return data as Export;
}

/** The address of a finished file, valid for five minutes; null if there is no file. */
export async function getLink(api: Api, exportId: string): Promise<string | null> {
  const { data } = await api.GET("/exports/{exportId}", { params: { path: { exportId } } });
  return (data as Export).url;
}

export async function deleteExport(api: Api, exportId: string): Promise<void> {
  await api.DELETE("/exports/{exportId}", { params: { path: { exportId } } });
}
