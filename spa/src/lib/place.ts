import { useLocation } from "react-router";

import { ALL_TASKS, type TaskList } from "./tasks";

/** Where a result was opened from. It is the state of the link, so a reload keeps it. */
export type Place = { list: TaskList; from: string };

/** Everything that the user has sent, as the history shows it without a filter. */
export const EVERYTHING: Place = { list: ALL_TASKS, from: "/history" };

/** The place that the page was opened from; undefined if somebody opened its address. */
export function usePlace(): Place | undefined {
  const state: unknown = useLocation().state;
  return isPlace(state) ? state : undefined;
}

const isPlace = (state: unknown): state is Place =>
  typeof state === "object" && state !== null && "list" in state && "from" in state;
