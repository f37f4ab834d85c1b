import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { EVERYTHING, usePlace } from "@/lib/place";
import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import { historyQuery, type Task } from "@/lib/tasks";

/** The next page is loaded when so few photos are left. */
const FEW = 3;

export type Neighbours = {
  /** The photos of the list, newest first, as far as it was loaded. */
  tasks: Task[];
  /** The place of the photo in the list; -1 if it is not in it. */
  index: number;
  /** Load more if few photos are left after this one. */
  reach: (index: number) => void;
};

/** The list that a result was opened from, or all photos if the page has them already. */
export function useNeighbours(taskId: string): Neighbours {
  const place = usePlace();
  const hidden = useStore(useServices().deletions);
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = useInfiniteQuery({
    ...historyQuery(useApi(), (place ?? EVERYTHING).list),
    enabled: place !== undefined,
  });
  const loaded = data?.pages.flatMap(({ results }) => results) ?? [];
  const tasks = loaded.filter((task) => task.taskId === taskId || !hidden.has(task.taskId));
  const index = tasks.findIndex((task) => task.taskId === taskId);
  const canLoad = (at: number) => at >= tasks.length - FEW && hasNextPage && !isFetching;
  const reach = (at: number) => {
    if (canLoad(at)) void fetchNextPage();
  };
  // Automatic retries of a failed page would never end.
  const needsMore = index >= 0 && canLoad(index) && !isFetchNextPageError;
  useEffect(() => {
    if (needsMore) void fetchNextPage();
  }, [needsMore, fetchNextPage]);
  return { tasks, index, reach };
}
