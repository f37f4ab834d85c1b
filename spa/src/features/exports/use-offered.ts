import { useLocation, useSearchParams } from "react-router";

import { type Choice, MOST_IDS } from "./exports";

/** What the page before wants to export: photos in the state of the address, a search in it. */
export function useOffered(): Choice {
  const [address] = useSearchParams();
  const taskIds = readIds(useLocation().state);
  if (taskIds) return { taskIds };
  const [label, query] = [address.get("label"), address.get("query")];
  return { ...(label && { label: [label] }), ...(!label && query && { query }) };
}

function readIds(state: unknown): string[] | undefined {
  if (typeof state !== "object" || state === null || !("taskIds" in state)) return undefined;
  const { taskIds } = state;
  if (!Array.isArray(taskIds) || taskIds.length === 0) return undefined;
  return taskIds.filter((id) => typeof id === "string").slice(0, MOST_IDS);
}
