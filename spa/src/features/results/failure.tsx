import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { RetryIcon } from "@/components/icons";
import { Problem } from "@/components/problem";
import { AppError } from "@/lib/errors";
import { useTranslation } from "@/lib/i18n";
import { canRetry } from "@/lib/retries";
import { useApi } from "@/lib/services";
import { refreshListed, retryTask, type Task, taskKey } from "@/lib/tasks";

import classes from "./failure.module.css";

/** Says why a task failed and what its owner can do. */
export function Failure({ task }: { task: Task }) {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const { code, message } = task.error ?? { code: "internal_error", message: "" };
  const retry = useMutation({
    mutationFn: () => retryTask(api, task.taskId),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: taskKey(task.taskId) });
      await refreshListed(queries, [task.taskId]);
    },
  });
  return (
    <section className={classes.failure}>
      <h2>{t("result.failed")}</h2>
      <Problem error={new AppError(code, message)} />
      <Problem error={retry.error} />
      {canRetry(task) ? (
        <Button
          leftSection={<RetryIcon />}
          loading={retry.isPending}
          onClick={() => {
            retry.mutate();
          }}
        >
          {t("result.retry")}
        </Button>
      ) : (
        <Button component={Link} to="/">
          {t("result.another")}
        </Button>
      )}
    </section>
  );
}
