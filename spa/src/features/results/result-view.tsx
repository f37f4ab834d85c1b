import { type CSSProperties, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { announce } from "@/components/announcer";
import { Photo } from "@/components/photo";
import { useLabelWords } from "@/lib/i18n";
import { LIKELY, pickShown } from "@/lib/labels";
import { useRatio } from "@/lib/pictures";
import { isFinished, type Task } from "@/lib/tasks";
import { usePicture } from "@/lib/use-picture";

import { Facts } from "./facts";
import { Failure } from "./failure";
import { LabelList } from "./label-list";
import { Properties } from "./properties";
import classes from "./result-view.module.css";
import { type LineSpotlight, Text, TextOutlines } from "./text";

const USUAL_RATIO = 4 / 3;

/** Shows the photo beside its labels. */
export function ResultView({ task }: { task: Task }) {
  const [least, setLeast] = useState(Math.max(LIKELY, task.minConfidence));
  const [active, setActive] = useState<string | null>(null);
  const [line, setLine] = useState<number | null>(null);
  const lines = { active: line, setActive: setLine };
  const labels = pickShown(task.labels, least);
  useAnnouncement(task);

  return (
    <div className={classes.view}>
      <Stage task={task} labels={labels} spotlight={{ active, setActive }} lines={lines} />
      <div className={classes.side}>
        {task.status === "succeeded" ? (
          <LabelList
            labels={labels}
            total={pickShown(task.labels, 0).length}
            range={{ from: task.minConfidence, least, setLeast }}
            spotlight={{ active, setActive }}
          />
        ) : task.status === "failed" ? (
          <Failure task={task} />
        ) : (
          <Waiting status={task.status} startsInSeconds={task.startsInSeconds} />
        )}
        {task.text && <Text found={task.text} spotlight={lines} />}
        {task.properties && <Properties found={task.properties} />}
        <Facts task={task} />
      </div>
    </div>
  );
}

type Spotlight = { active: string | null; setActive: (name: string | null) => void };

type StageProps = {
  task: Task;
  labels: Task["labels"];
  spotlight: Spotlight;
  lines: LineSpotlight;
};

function Stage({ task, labels, spotlight, lines }: StageProps) {
  const { t } = useTranslation();
  const { picture, renew } = usePicture(task, "preview");
  const { ratio, measure } = useRatio(picture, USUAL_RATIO);
  return (
    <figure className={classes.stage} style={{ "--ratio": ratio } as CSSProperties}>
      <div className={classes.picture}>
        <Photo
          url={picture?.url}
          alt={task.fileName ?? t("task.unnamed")}
          labels={labels}
          onLoad={measure}
          onError={renew}
          spotlight={spotlight}
          isEager
        />
        {task.text && <TextOutlines found={task.text} spotlight={lines} />}
        {!isFinished(task) && <span className={classes.scan} aria-hidden="true" />}
      </div>
    </figure>
  );
}

type OpenStatus = Exclude<Task["status"], "succeeded" | "failed">;

type WaitingProps = { status: OpenStatus; startsInSeconds?: number | null | undefined };

function Waiting({ status, startsInSeconds }: WaitingProps) {
  const { t } = useTranslation();
  const text = startsInSeconds ? "starting" : status;
  return (
    <div className={classes.waiting} aria-busy={status !== "expired"}>
      <h2>{t(`status.${text}`)}</h2>
      <p>{t(`statusWhy.${text}`, { seconds: startsInSeconds })}</p>
    </div>
  );
}

/** Announces the result to screen readers when it arrives. */
function useAnnouncement(task: Task): void {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const wasOpen = useRef(!isFinished(task));
  useEffect(() => {
    if (!isFinished(task) || !wasOpen.current) return;
    wasOpen.current = false;
    const names = task.labels.map(({ name }) => say(name)).join(", ");
    const result = task.status === "succeeded" ? names || t("result.nothing") : t("status.failed");
    announce(t("result.announcement", { name: task.fileName ?? t("task.unnamed"), result }));
  }, [task, t, say]);
}
