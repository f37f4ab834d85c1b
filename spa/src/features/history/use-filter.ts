import { useCallback } from "react";
import { useSearchParams } from "react-router";

import { TASK_STATUSES, type TaskStatus } from "@/lib/tasks";

import type { Filter } from "./use-history";

const isStatus = (value: string | null): value is TaskStatus =>
  (TASK_STATUSES as readonly (string | null)[]).includes(value);

const isDay = (value: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));

/** The filter, which is in the address: it survives Back and a reload, and can be bookmarked. */
export function useFilter(): [Filter, (filter: Filter) => void] {
  const [address, setAddress] = useSearchParams();
  const status = address.get("status");
  const until = address.get("until") ?? "";
  const filter = {
    label: address.get("label") ?? "",
    status: isStatus(status) ? status : null,
    until: isDay(until) ? until : "",
  };
  const setFilter = useCallback(
    ({ label, status: chosen, until: day }: Filter) => {
      const wanted = {
        ...(label && { label }),
        ...(chosen && { status: chosen }),
        ...(day && { until: day }),
      };
      // Back leads to the page before, not to each letter that was typed.
      setAddress(wanted, { replace: true, preventScrollReset: true });
    },
    [setAddress],
  );
  return [filter, setFilter];
}
