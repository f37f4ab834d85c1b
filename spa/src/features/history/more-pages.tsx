import { Loader } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import classes from "./history-page.module.css";

export function Loading() {
  const { t } = useTranslation();
  return <Loader role="img" aria-label={t("history.loading")} color="var(--ink-3)" type="dots" />;
}

type List = {
  canLoadMore: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
};

/** Loads the next page of a list when its end comes near. */
export function MorePages({ list }: { list: List }) {
  const { ref, entry } = useIntersection({ rootMargin: "600px" });
  const { canLoadMore, fetchNextPage } = list;
  const isNear = entry?.isIntersecting ?? false;
  useEffect(() => {
    if (isNear && canLoadMore) void fetchNextPage();
  }, [isNear, canLoadMore, fetchNextPage]);
  return (
    <div ref={ref} className={classes.more} role="status">
      {list.isFetchingNextPage && <Loading />}
    </div>
  );
}
