import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";

import { BackIcon, TrashIcon } from "@/components/icons";
import { Page } from "@/components/page";
import { Problem } from "@/components/problem";
import { useDelete } from "@/components/use-delete";
import { ApiError } from "@/lib/errors";
import { useFormat } from "@/lib/i18n";
import type { Task } from "@/lib/tasks";
import { useTask } from "@/lib/use-task";

import { ExportMenu } from "./export-menu";
import { LookCloserButton } from "./look-closer-button";
import { ResultView } from "./result-view";
import classes from "./result-page.module.css";

export function ResultPage() {
  const { taskId = "" } = useParams();
  // The key resets the slider and the spotlight for the next task.
  return <ResultOf key={taskId} taskId={taskId} />;
}

function ResultOf({ taskId }: { taskId: string }) {
  const { t } = useTranslation();
  const { data: task, error } = useTask(taskId);

  if (!task && error instanceof ApiError && error.status === 404) return <Missing />;
  const name = task?.fileName ?? t("result.title");
  return (
    <Page
      title={name}
      heading={<span className={classes.heading}>{name}</span>}
      lead={task ? <Lead task={task} /> : " "}
      actions={task && <Actions task={task} />}
    >
      <Problem error={task ? null : error} />
      {task && <ResultView task={task} />}
    </Page>
  );
}

function Missing() {
  const { t } = useTranslation();
  return (
    <Page title={t("result.missingTitle")} lead={t("result.missing")} width="narrow">
      <Button component={Link} to="/history" leftSection={<BackIcon />}>
        {t("nav.history")}
      </Button>
    </Page>
  );
}

function Lead({ task }: { task: Task }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {t("result.dates", {
        created: format.dateTime(task.createdAt),
        expires: format.date(task.expiresAt),
      })}
    </>
  );
}

const canLookCloser = ({ status, detail, features }: Task) =>
  status === "succeeded" && detail === "fast" && features.includes("labels");

function Actions({ task }: { task: Task }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const deleteTasks = useDelete();
  const remove = async () => {
    await navigate("/history");
    deleteTasks([task.taskId]);
  };
  return (
    <>
      <Button component={Link} to="/history" variant="subtle" leftSection={<BackIcon />}>
        {t("nav.history")}
      </Button>
      {canLookCloser(task) && <LookCloserButton task={task} />}
      {task.status === "succeeded" && <ExportMenu task={task} />}
      <Button variant="default" leftSection={<TrashIcon />} onClick={remove}>
        {t("result.delete")}
      </Button>
    </>
  );
}
