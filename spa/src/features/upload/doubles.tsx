import { Button, Menu, UnstyledButton } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { Link } from "react-router";

import { announce } from "@/components/announcer";
import { TrashIcon } from "@/components/icons";
import { useDelete } from "@/components/use-delete";
import { doublesQuery, findEarlier, listGroups } from "@/lib/doubles";
import { useTranslation } from "@/lib/i18n";
import { useApi, useServices } from "@/lib/services";
import { useStore } from "@/lib/store";
import type { Task } from "@/lib/tasks";
import { useKept } from "@/lib/use-kept";

import type { Member } from "./batch";
import classes from "./doubles.module.css";

/**
 * When to ask after the last photo was finished. The index follows a photo by about a second, so the
 * second time is for a slow one. A batch of any size costs two questions.
 */
const ASK_AFTER_MS = [3_000, 12_000];
const MOST_PAGES = 10;
const ANY_TIME = "";

/** Asks which photos of this visit the user had already, and announces how many. */
export function DoublesWatch({ members }: { members: readonly Member[] }) {
  const api = useApi();
  const queries = useQueryClient();
  const { t } = useTranslation();
  const times = members.flatMap(({ task }) => (task?.finishedAt ? [task.createdAt] : []));
  const [count, since] = [times.length, times.sort()[0]];
  useEffect(() => {
    if (since === undefined) return;
    const ask = () => {
      const query = { ...doublesQuery(api, since), staleTime: 0, pages: MOST_PAGES };
      // What it tells is no part of the result: without an answer nothing is marked.
      queries.infiniteQuery(query).catch(() => undefined);
    };
    const timers = ASK_AFTER_MS.map((ms) => setTimeout(ask, ms));
    return () => {
      timers.forEach(clearTimeout);
    };
  }, [api, queries, count, since]);
  const found = useDoubles(members).length;
  useEffect(() => {
    if (found > 0) announce(t("doubles.had", { count: found }));
  }, [found, t]);
  return null;
}

/** On the tile of a photo that the user had already: what to do with it. */
export function DoubleMark({ task }: { task: Task }) {
  const { t } = useTranslation();
  const deleteTasks = useDelete();
  const { keep } = useKept();
  const earlier = useFindEarlier()(task.taskId);
  if (!earlier) return null;
  return (
    <div className={classes.mark}>
      <Menu position="bottom-start" withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <UnstyledButton className={classes.button}>{t("doubles.mark")}</UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to={`/results/${earlier.taskId}`}>
            {t("doubles.open")}
          </Menu.Item>
          <Menu.Item
            onClick={() => {
              keep([task.taskId]);
            }}
          >
            {t("doubles.keepBoth")}
          </Menu.Item>
          <Menu.Item
            onClick={() => {
              deleteTasks([task.taskId]);
            }}
          >
            {t("doubles.remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** Removes all photos of this visit that the user had already. */
export function RemoveDoubles({ members }: { members: readonly Member[] }) {
  const { t } = useTranslation();
  const deleteTasks = useDelete();
  const doubles = useDoubles(members);
  if (doubles.length < 2) return null;
  return (
    <Button
      variant="default"
      size="compact-sm"
      leftSection={<TrashIcon size={16} />}
      onClick={() => {
        deleteTasks(doubles);
      }}
    >
      {t("doubles.removeHad", { count: doubles.length })}
    </Button>
  );
}

/** The tasks of this visit whose photo the user had already, without those that are kept. */
function useDoubles(members: readonly Member[]): string[] {
  const find = useFindEarlier();
  return members.flatMap(({ task }) => (task && find(task.taskId) ? [task.taskId] : []));
}

function useFindEarlier(): (taskId: string) => Task | undefined {
  const { deletions } = useServices();
  const removed = useStore(deletions);
  const { kept } = useKept();
  // `DoublesWatch` asks.
  const { data } = useInfiniteQuery({ ...doublesQuery(useApi(), ANY_TIME), enabled: false });
  const groups = useMemo(() => listGroups(data?.pages ?? [], removed), [data, removed]);
  return (taskId) => (kept.has(taskId) ? undefined : findEarlier(groups, taskId));
}
