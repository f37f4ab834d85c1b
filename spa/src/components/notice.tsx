import { useInfiniteQuery } from "@tanstack/react-query";

import { useApi } from "@/lib/services";
import { historyQuery } from "@/lib/tasks";

import { WarningIcon } from "./icons";
import classes from "./notice.module.css";

/** What the operators tell all users at the moment. It comes with the list of tasks. */
export function Notice() {
  const { data } = useInfiniteQuery(historyQuery(useApi()));
  const text = data?.pages[0]?.notice;
  if (!text) return null;
  return (
    <p className={classes.notice} role="status">
      <WarningIcon />
      <span>{text}</span>
    </p>
  );
}
