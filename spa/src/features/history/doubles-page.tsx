import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { SpotIcon, TrashIcon } from "@/components/icons";
import { BackIcon } from "@/components/later-icons";
import { Page } from "@/components/page";
import { Problem, useProblem } from "@/components/problem";
import { useDelete } from "@/components/use-delete";
import { doublesQuery, listGroups } from "@/lib/doubles";
import { useTranslation } from "@/lib/i18n";
import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import { useKept } from "@/lib/use-kept";

import { DoublesGroup } from "./doubles-group";
import classes from "./history-page.module.css";
import { Loading, MorePages } from "./more-pages";
import { pickBest } from "./pick-best";

/** The photos that the user has more than once: keep one of each, or all. */
export function DoublesPage() {
  const { t } = useTranslation();
  const list = useDoubles();
  const { groups } = list;
  const deleteTasks = useDelete();
  const { keep } = useKept();
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  const split = groups.map((group) => {
    const wanted = group.results.find(({ taskId }) => taskId === chosen.get(group.groupId));
    const { taskId } = wanted ?? pickBest(group.results);
    const taskIds = group.results.map((task) => task.taskId);
    return { group, best: taskId, taskIds, others: taskIds.filter((other) => other !== taskId) };
  });
  const allOthers = split.flatMap(({ others }) => others);
  return (
    <Page
      title={t("doubles.title")}
      lead={t("doubles.lead")}
      actions={
        <>
          <Button component={Link} to="/history" variant="subtle" leftSection={<BackIcon />}>
            {t("nav.history")}
          </Button>
          {groups.length > 1 && (
            <Button
              variant="default"
              leftSection={<TrashIcon />}
              onClick={() => {
                deleteTasks(allOthers);
              }}
            >
              {t("doubles.removeAll", { count: allOthers.length })}
            </Button>
          )}
        </>
      }
    >
      {split.map(({ group, best, taskIds, others }) => (
        <DoublesGroup
          key={group.groupId}
          group={group}
          best={best}
          onChoose={(taskId) => {
            setChosen(new Map(chosen).set(group.groupId, taskId));
          }}
          onKeepAll={() => {
            keep(taskIds);
          }}
          onKeepOne={() => {
            deleteTasks(others);
          }}
        />
      ))}
      {list.isSuccess && groups.length === 0 && !list.hasNextPage && <None />}
      <Problem error={list.problem} onRetry={list.retry} />
      {list.isPending ? (
        <div className={classes.first} role="status" data-grows>
          {list.isLoading && <Loading />}
        </div>
      ) : (
        <MorePages key={groups.length} list={list} />
      )}
    </Page>
  );
}

function useDoubles() {
  const query = useInfiniteQuery({ ...doublesQuery(useApi()), refetchOnMount: "always" });
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage, refetch } = query;
  const removed = useStore(useServices().deletions);
  const { kept } = useKept();
  const groups = useMemo(
    () =>
      listGroups(data?.pages ?? [], removed).filter(
        // A copy that came later asks again.
        ({ results }) => !results.every(({ taskId }) => kept.has(taskId)),
      ),
    [data, removed, kept],
  );
  return {
    ...query,
    groups,
    problem: useProblem(query),
    canLoadMore: hasNextPage && !isFetching && !isFetchNextPageError,
    retry: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}

function None() {
  const { t } = useTranslation();
  return (
    <div className={classes.empty}>
      <SpotIcon size={64} />
      <h2>{t("doubles.none")}</h2>
      <p>{t("doubles.noneWhy")}</p>
    </div>
  );
}
