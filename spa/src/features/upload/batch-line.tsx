import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { RetryIcon } from "@/components/icons";
import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { canRetry } from "@/lib/retries";
import { useApi } from "@/lib/services";
import { retryTask, taskKey } from "@/lib/tasks";

import { countBatch, countNames, estimateSeconds, type Member } from "./batch";
import classes from "./batch-line.module.css";
import { DoneNotice } from "./done-notice";
import { useUploadQueue } from "./uploads";

const MOST_NAMES = 5;

type Props = { members: readonly Member[]; children?: ReactNode };

/** How far the photos of this visit have come, and what was found in them. */
export function BatchLine({ members, children }: Props) {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const retry = useRetry();
  const format = useFormat();
  const { all, done, failed, open } = countBatch(members);
  const seconds = estimateSeconds(members);
  if (all < 2) return null;
  const again = members.filter(isRetryable);
  const names = countNames(members, MOST_NAMES);
  return (
    <div className={classes.line}>
      <p className={classes.counts} role="status">
        <strong>{t("batch.photos", { count: all })}</strong>
        {open > 0 && <span>{t("batch.open", { count: open })}</span>}
        {seconds !== undefined && (
          <span>{t("batch.about", { time: format.duration(seconds) })}</span>
        )}
        <span>{t("batch.done", { count: done })}</span>
        {failed > 0 && (
          <span className={classes.failed}>{t("batch.failed", { count: failed })}</span>
        )}
      </p>
      {open === 0 && names.length > 0 && (
        <p className={classes.names}>
          {names.map(([name, count]) => `${say(name)} ${count}`).join(" · ")}
        </p>
      )}
      <DoneNotice members={members} />
      {children}
      {again.length > 0 && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<RetryIcon size={16} />}
          onClick={() => {
            again.forEach((member) => {
              void retry(member);
            });
          }}
        >
          {t("batch.retry", { count: again.length })}
        </Button>
      )}
    </div>
  );
}

const isRetryable = ({ item, task }: Member) =>
  item.status === "failed" || (task !== undefined && canRetry(task));

/** Sends a photo again, or has its task worked on again. */
function useRetry() {
  const queue = useUploadQueue();
  const queries = useQueryClient();
  const api = useApi();
  return async ({ item, task }: Member) => {
    if (!task) {
      queue.retry(item.id);
      return;
    }
    // The tile shows what the task is then, also if it could not be retried.
    await retryTask(api, task.taskId).catch(() => undefined);
    await queries.invalidateQueries({ queryKey: taskKey(task.taskId) });
  };
}
