import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import type { Api } from "./api";
import type { Version, VersionList, VersionRequest } from "@client";
import { useApi } from "./services";
import { type Task, taskKey } from "./tasks";

export type { Version };

/** What to look for this time. What is left out stays as it is. */
export type Wanted = Partial<VersionRequest>;

/** All versions of a result, newest first. */
export const versionsQuery = (api: Api, { taskId, version, nextVersion }: Task) =>
  queryOptions({
    // A stored version never changes: only another number brings something new.
    queryKey: ["versions", taskId, version, nextVersion?.status ?? null],
    queryFn: async ({ signal }) => {
      const params = { path: { taskId } };
      const { data } = await api.GET("/results/{taskId}/versions", { params, signal });
      return (data as VersionList).versions;
    },
    staleTime: Infinity,
  });

/** Recognises the photo of a result again, as a new version of it. */
export function useAskVersion(taskId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Wanted) =>
      api.POST("/results/{taskId}/versions", {
        params: { path: { taskId } },
        body: wanted,
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: taskKey(taskId) }),
  });
}

/** The task as one of its versions found it. */
export const showVersion = (task: Task, version: Version): Task => ({
  ...task,
  version: version.version,
  labels: version.labels,
  corrections: null,
  features: version.features,
  detail: version.detail,
  engine: version.engine,
  models: version.models,
  minConfidence: version.minConfidence,
  maxLabels: version.maxLabels,
  text: version.text,
  properties: version.properties,
  moderation: version.moderation,
  timings: version.timings,
});
