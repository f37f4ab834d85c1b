import { Button } from "@mantine/core";
import { type CSSProperties, type ReactNode, useState } from "react";

import type { Spot, Spotlight } from "@/components/boxes";
import { PhotosIcon } from "@/components/icons";
import { Photo } from "@/components/photo";
import { usePlaceAnnouncement, useQueuePlace } from "@/components/queue-place";
import { useCancel } from "@/components/use-cancel";
import { useFinishAnnouncement } from "@/components/use-finish-announcement";
import { useBoxMode } from "@/lib/choices";
import { useTranslation } from "@/lib/i18n";
import { pickShown } from "@/lib/labels";
import { useRatio } from "@/lib/pictures";
import { getShownStatus, isUnderWay } from "@/lib/sent-tasks";
import type { Task } from "@/lib/tasks";
import { usePicture } from "@/lib/use-picture";

import { BoxModes } from "./box-modes";
import { Facts } from "./facts";
import { Failure } from "./failure";
import { LabelList } from "./label-list";
import { Properties } from "./properties";
import classes from "./result-view.module.css";
import { type LineSpotlight, Text, TextOutlines } from "./text";

type Props = {
  task: Task;
  least: number;
  setLeast: (least: number) => void;
  /** Shown below the photo. */
  tools: ReactNode;
  /** Whether this is not the newest version: it cannot be corrected. */
  isEarlier?: boolean;
};

/** Shows the photo beside its labels. */
export function ResultView({ task, least, setLeast, tools, isEarlier = false }: Props) {
  const [active, setActive] = useState<Spot | null>(null);
  const [line, setLine] = useState<number | null>(null);
  const lines = { active: line, setActive: setLine };
  const labels = pickShown(task.labels, least);
  useFinishAnnouncement(task);
  usePlaceAnnouncement(task);

  return (
    <div className={classes.view}>
      <Stage
        task={task}
        labels={labels}
        spotlight={{ active, setActive }}
        lines={lines}
        tools={tools}
      />
      <div className={classes.side}>
        {task.status === "succeeded" ? (
          <LabelList
            task={task}
            labels={labels}
            total={pickShown(task.labels, 0).length}
            range={{ from: task.minConfidence, least, setLeast }}
            spotlight={{ active, setActive }}
            isCorrectable={!isEarlier}
          />
        ) : task.status === "failed" ? (
          <Failure task={task} />
        ) : (
          <Waiting task={task} />
        )}
        {task.text && <Text found={task.text} spotlight={lines} />}
        {task.properties && <Properties found={task.properties} />}
        <Facts task={task} />
      </div>
    </div>
  );
}

type StageProps = {
  task: Task;
  labels: Task["labels"];
  spotlight: Spotlight;
  lines: LineSpotlight;
  tools: ReactNode;
};

/** Wider photos use the whole width of the page, above their labels. */
const WIDEST_BESIDE = 2.2;

function Stage({ task, labels, spotlight, lines, tools }: StageProps) {
  const { t } = useTranslation();
  const { picture, renew } = usePicture(task, "preview");
  const { ratio, measure } = useRatio(picture);
  const { mode, setMode } = useBoxMode();
  const hasBoxes = labels.some(({ instances }) => instances.length > 0);
  return (
    <figure
      className={classes.stage}
      data-wide={ratio > WIDEST_BESIDE || undefined}
      style={{ "--ratio": ratio } as CSSProperties}
    >
      <div className={classes.picture}>
        <Photo
          url={picture?.url}
          alt={task.fileName ?? t("task.unnamed")}
          labels={labels}
          onLoad={measure}
          onError={renew}
          spotlight={spotlight}
          mode={mode}
          isEager
        >
          {!picture && task.status === "failed" && (
            <span className={classes.blank}>
              <PhotosIcon size={48} />
            </span>
          )}
        </Photo>
        {task.text && <TextOutlines found={task.text} spotlight={lines} />}
        {isUnderWay(task) && <span className={classes.scan} aria-hidden="true" />}
      </div>
      <div className={classes.tools}>
        {tools}
        {hasBoxes && <BoxModes mode={mode} setMode={setMode} />}
      </div>
    </figure>
  );
}

type OpenStatus = Exclude<Task["status"], "succeeded" | "failed">;

function Waiting({ task }: { task: Task }) {
  const { t } = useTranslation();
  const place = useQueuePlace()(task);
  const { cancel, isPending } = useCancel(task.taskId, "h1");
  const status = getShownStatus(task) as OpenStatus;
  const text = task.startsInSeconds ? "starting" : status;
  return (
    <div className={classes.waiting} aria-busy={status !== "expired"}>
      <h2>{t(`status.${text}`)}</h2>
      <p>
        {place && text === "queued"
          ? t("queue.arrived", { place })
          : t(`statusWhy.${text}`, { seconds: task.startsInSeconds })}
      </p>
      {task.status === "queued" && (
        <Button variant="default" loading={isPending} onClick={cancel}>
          {t("queue.cancel")}
        </Button>
      )}
    </div>
  );
}
