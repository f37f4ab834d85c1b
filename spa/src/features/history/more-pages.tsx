import { Loader } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect } from "react";

import { useTranslation } from "@/lib/i18n";

import classes from "./history-page.module.css";

export function Loading() {
  const { t } = useTranslation();
  return <Loader role="img" aria-label={t("history.loading")} color="var(--ink-3)" type="dots" />;
}

type List = {
  hasNextPage: boolean;
  canLoadMore: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
};

/**
 * Loads the next page of a list when its end comes near. Its key is how long the list is: a page
 * that has come replaces it. Moved away, it would count as something that jumps.
 */
export function MorePages({ list }: { list: List }) {
  const { ref, entry } = useIntersection({ rootMargin: "600px" });
  const { canLoadMore, fetchNextPage } = list;
  const isNear = entry?.isIntersecting ?? false;
  useEffect(() => {
    if (isNear && canLoadMore) void fetchNextPage();
  }, [isNear, canLoadMore, fetchNextPage]);
  return (
    <div
      ref={ref}
      className={classes.more}
      role="status"
      data-grows={list.hasNextPage || undefined}
    >
      {list.isFetchingNextPage && <Loading />}
    </div>
  );
}
