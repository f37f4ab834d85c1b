import type { ReactNode } from "react";
import { Link } from "react-router";

import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { findBoxed, LIKELY, pickShown } from "@/lib/labels";
import { type Picture, useRatio } from "@/lib/pictures";
import { getShownStatus, isUnderWay } from "@/lib/sent-tasks";
import type { Place } from "@/lib/place";
import type { Task } from "@/lib/tasks";
import { usePicture } from "@/lib/use-picture";

import { Tile, TileFrame } from "./gallery";
import { PhotosIcon, TrashIcon } from "./icons";
import { pickColors } from "./label-colors";
import { Photo } from "./photo";
import { useQueuePlace } from "./queue-place";
import classes from "./task-card.module.css";
import { useCancel } from "./use-cancel";
import { useResultText } from "./use-result-text";
import { useSelectByTouch } from "./use-select-by-touch";

const MOST_NAMES = 3;

type Props = {
  task: Task;
  onDelete: () => void;
  selection?: CardSelection;
  /** What selects it. The home page needs none, so it does not load a checkbox. */
  select?: ReactNode;
  /** What lies over the photo. */
  mark?: ReactNode;
  /** Whether there is room for the most important only. */
  isSmall?: boolean;
  /** Whether the photo is not loaded yet, because nobody looks at it. */
  isHeld?: boolean;
  /** The list that this card is in. The result then leads to the next one in it. */
  place?: Place;
};

export type CardSelection = {
  isSelected: boolean;
  /** Whether some photo is selected: then a tap on a photo selects it too. */
  isSelecting: boolean;
  toggle: () => void;
};

const UNSELECTED = { isSelected: false, isSelecting: false };

/** One task in a gallery: the photo, its boxes and its labels. */
export function TaskCard({
  task,
  onDelete,
  selection,
  select,
  mark,
  place,
  isSmall = false,
  isHeld = false,
}: Props) {
  const { t } = useTranslation();
  const { picture, renew } = usePicture(task, "thumbnail");
  const { ratio, measure } = useRatio(picture);
  const name = task.fileName ?? t("task.unnamed");
  const { isSelected, isSelecting } = selection ?? UNSELECTED;
  return (
    <Tile ratio={ratio}>
      <article
        className={classes.card}
        data-selected={isSelected || undefined}
        data-selecting={isSelecting || undefined}
        data-small={isSmall || undefined}
      >
        <Link
          to={`/results/${task.taskId}`}
          state={place}
          className={classes.link}
          {...useSelectByTouch(selection)}
        >
          <TileFrame ratio={ratio}>
            <Preview
              task={task}
              name={name}
              picture={picture}
              isHeld={isHeld}
              onLoad={measure}
              onError={renew}
            />
          </TileFrame>
          <Caption task={task} isSmall={isSmall} />
        </Link>
        {mark}
        <div className={classes.tools}>
          {select && <span className={classes.check}>{select}</span>}
          {!isSmall && (
            <>
              <Cancel task={task} name={name} />
              <button
                type="button"
                className={classes.tool}
                aria-label={t("history.deleteOne", { name })}
                onClick={onDelete}
              >
                <TrashIcon size={18} />
              </button>
            </>
          )}
        </div>
      </article>
    </Tile>
  );
}

type PreviewProps = {
  task: Task;
  name: string;
  picture: Picture | undefined;
  isHeld: boolean;
  onLoad: (image: HTMLImageElement) => void;
  onError: () => void;
};

function Preview({ task, name, picture, isHeld, onLoad, onError }: PreviewProps) {
  return (
    <>
      {picture && !isHeld ? (
        <Photo
          url={picture.url}
          alt={name}
          labels={pickShown(task.labels, LIKELY)}
          onLoad={onLoad}
          onError={onError}
        />
      ) : (
        <Blank name={name} />
      )}
      {isUnderWay(task) && <span className={classes.scan} aria-hidden="true" />}
    </>
  );
}

type CancelProps = { task: Task; name: string };

/** Closes a photo that has waited for some seconds. Before, the button would only flash. */
function Cancel(props: CancelProps) {
  return props.task.queue ? <CancelButton {...props} /> : null;
}

function CancelButton({ task, name }: CancelProps) {
  const { t } = useTranslation();
  const { cancel, isPending } = useCancel(task.taskId, `a[href="/results/${task.taskId}"]`);
  return (
    <button
      type="button"
      className={classes.cancel}
      aria-label={t("queue.cancelThis", { name })}
      disabled={isPending}
      onClick={cancel}
    >
      {t("queue.cancel")}
    </button>
  );
}

function Blank({ name }: { name: string }) {
  return (
    <span className={classes.blank}>
      <PhotosIcon size={36} />
      <span className={classes.hiddenName}>{name}</span>
    </span>
  );
}

function Caption({ task, isSmall }: { task: Task; isSmall: boolean }) {
  const place = useQueuePlace()(task);
  if (place && !task.startsInSeconds) {
    return (
      <span className={classes.caption}>
        <span className={classes.place}>{place}</span>
      </span>
    );
  }
  return (
    <span className={classes.caption}>
      <Summary task={task} />
      {!isSmall && <Time task={task} />}
    </span>
  );
}

function Time({ task }: { task: Task }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className={classes.time}>
      {t("task.expiresOn", {
        date: format.date(task.expiresAt),
        ago: format.ago(task.createdAt),
      })}
    </span>
  );
}

function Summary({ task }: { task: Task }) {
  const { t } = useTranslation();
  const resultText = useResultText();
  const { say, getLang } = useLabelWords();
  if (task.status === "failed") return <span className={classes.failed}>{resultText(task)}</span>;
  if (task.startsInSeconds) {
    const text = t("status.startsIn", { seconds: task.startsInSeconds });
    return <span className={classes.status}>{text}</span>;
  }
  const labels = pickShown(task.labels, LIKELY);
  if (task.status !== "succeeded" || labels.length === 0) {
    const text = resultText({ ...task, status: getShownStatus(task) });
    return <span className={classes.status}>{text}</span>;
  }
  const colors = pickColors(labels);
  return (
    <span className={classes.names}>
      {labels.slice(0, MOST_NAMES).map((label) => (
        <span key={label.name} className={classes.label} lang={getLang(label.name)}>
          <span
            className={classes.dot}
            style={{ background: colors.get(findBoxed(label, labels)) }}
          />
          {say(label.name)}
        </span>
      ))}
    </span>
  );
}
