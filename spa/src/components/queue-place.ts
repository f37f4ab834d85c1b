import { useEffect, useRef } from "react";

import { useFormat, useTranslation } from "@/lib/i18n";
import type { Task } from "@/lib/tasks";

import { announce } from "./announcer";

/** The place of a waiting task in the queue, in words; undefined while the API does not tell it. */
export function useQueuePlace(): (task: Pick<Task, "queue">) => string | undefined {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ queue }) => {
    if (!queue) return undefined;
    if (queue.ahead === 0) return t("queue.next");
    const ahead = t("queue.ahead", { count: queue.ahead });
    if (!queue.etaSeconds) return ahead;
    return t("queue.about", { ahead, time: format.duration(queue.etaSeconds) });
  };
}

/** Tells screen readers once that a photo has to wait. Later places would interrupt too often. */
export function usePlaceAnnouncement(task: Task | undefined, { isWanted = true } = {}): void {
  const { t } = useTranslation();
  const place = useQueuePlace()(task ?? { queue: null });
  const said = useRef<string>(undefined);
  useEffect(() => {
    if (!task || !isWanted || place === undefined || said.current === task.taskId) return;
    said.current = task.taskId;
    announce(t("result.announcement", { name: task.fileName ?? t("task.unnamed"), result: place }));
  }, [task, isWanted, place, t]);
}
