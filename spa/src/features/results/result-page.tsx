import { Button, Loader } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";

import { TrashIcon } from "@/components/icons";
import { BackIcon } from "@/components/later-icons";
import { Page } from "@/components/page";
import { Problem, useProblem } from "@/components/problem";
import { useDelete } from "@/components/use-delete";
import { ApiError } from "@/lib/errors";
import { useFormat, useTranslation } from "@/lib/i18n";
import { findStart } from "@/lib/labels";
import { findPicture } from "@/lib/pictures";
import { EVERYTHING, usePlace } from "@/lib/place";
import { findListed, type Task } from "@/lib/tasks";
import { useTask } from "@/lib/use-task";

import { ExportMenu } from "./export-menu";
import { PhotoTools } from "./photo-tools";
import { ResultView } from "./result-view";
import classes from "./result-page.module.css";
import { SimilarPhotos } from "./similar-photos";
import { useNeighbours } from "./use-neighbours";
import { useStepKeys } from "./use-step-keys";
import { useViewer } from "./use-viewer";
import { RecogniseAgain } from "./versions/recognise-again";
import { useVersions } from "./versions/use-versions";
import { VersionBar } from "./versions/version-bar";

const Viewer = lazy(() => import("./viewer"));

export function ResultPage() {
  const { taskId = "" } = useParams();
  const neighbours = useNeighbours(taskId);
  const viewer = useViewer(taskId, neighbours);
  useStepKeys(neighbours, !viewer.isOpen);
  return (
    <>
      {/* The key resets the slider and the spotlight for the next task. */}
      <ResultOf
        key={taskId}
        taskId={taskId}
        renderTools={(task) => (
          <PhotoTools
            neighbours={neighbours}
            onEnlarge={
              findPicture(task, "preview") &&
              (() => {
                viewer.open(task);
              })
            }
          />
        )}
      />
      {viewer.isOpen && (
        <Suspense>
          <Viewer {...viewer.props} />
        </Suspense>
      )}
    </>
  );
}

type ResultProps = { taskId: string; renderTools: (task: Task) => ReactNode };

function ResultOf({ taskId, renderTools }: ResultProps) {
  const { t } = useTranslation();
  const { task: newest, isMissing, problem, refetch } = useResult(taskId);
  const { view, versions, choose } = useVersions(newest);
  const [chosen, setLeast] = useState<number>();

  if (isMissing) return <Missing />;
  const name = newest?.fileName ?? t("result.title");
  const least = chosen ?? (view ? findStart(view.task) : 0);
  return (
    <Page
      title={name}
      heading={<span className={classes.heading}>{name}</span>}
      lead={newest ? <Lead task={newest} /> : " "}
      actions={view && <Actions {...view} least={least} />}
    >
      {view ? (
        <>
          <ResultView
            task={view.task}
            least={least}
            setLeast={setLeast}
            tools={renderTools(view.task)}
            isEarlier={view.isEarlier}
          />
          {/* Below the photo, which must not move when a version comes. */}
          <VersionBar
            task={view.newest}
            versions={versions}
            shown={view.task.version}
            onChoose={choose}
          />
          <SimilarPhotos task={view.newest} />
        </>
      ) : (
        <NotYet problem={problem} onRetry={() => void refetch()} />
      )}
    </Page>
  );
}

/** The task: from the API, or until it answers as a list that was loaded earlier shows it. */
function useResult(taskId: string) {
  const queries = useQueryClient();
  const query = useTask(taskId);
  const { data, error, refetch } = query;
  const isMissing = !data && error instanceof ApiError && error.status === 404;
  return {
    task: data ?? findListed(queries, taskId),
    isMissing,
    problem: useProblem(query),
    refetch,
  };
}

/** The place of a result that is on its way, or why it does not come: neither moves the other. */
function NotYet({ problem, onRetry }: { problem: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.empty}>
      <Problem error={problem} onRetry={onRetry} />
      <div role="status">
        {!problem && <Loader type="dots" color="var(--ink-3)" aria-label={t("result.loading")} />}
      </div>
    </div>
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

type ActionProps = {
  newest: Task;
  /** The version that is shown. */
  task: Task;
  least: number;
};

function Actions({ newest, task, least }: ActionProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const deleteTasks = useDelete();
  const { from } = usePlace() ?? EVERYTHING;
  const remove = async () => {
    await navigate(from);
    deleteTasks([task.taskId]);
  };
  return (
    <>
      <Button component={Link} to={from} variant="subtle" leftSection={<BackIcon />}>
        {t("nav.history")}
      </Button>
      {task.status === "succeeded" && <RecogniseAgain task={newest} />}
      {task.status === "succeeded" && <ExportMenu task={task} least={least} />}
      <Button variant="default" leftSection={<TrashIcon />} onClick={remove}>
        {t("result.delete")}
      </Button>
    </>
  );
}
