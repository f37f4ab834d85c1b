import { Button } from "@mantine/core";
import { Link } from "react-router";

import type { DoublesGroup as Group } from "@/lib/doubles";
import { useFormat, useTranslation } from "@/lib/i18n";
import { getCrossOrigin } from "@/lib/pictures";
import type { Task } from "@/lib/tasks";
import { usePicture } from "@/lib/use-picture";

import classes from "./doubles-group.module.css";

type Props = {
  group: Group;
  /** The task that is kept. */
  best: string;
  onChoose: (taskId: string) => void;
  onKeepOne: () => void;
  onKeepAll: () => void;
};

/** Photos that look the same, of which one can be chosen. */
export function DoublesGroup({ group, best, onChoose, onKeepOne, onKeepAll }: Props) {
  const { t } = useTranslation();
  const { groupId, results } = group;
  return (
    <fieldset className={classes.group}>
      <legend>{t("doubles.group", { count: results.length })}</legend>
      <div className={classes.photos}>
        {results.map((task) => (
          <Choice
            key={task.taskId}
            name={groupId}
            task={task}
            isKept={task.taskId === best}
            onChoose={onChoose}
          />
        ))}
      </div>
      <div className={classes.buttons}>
        <Button size="compact-md" onClick={onKeepOne}>
          {t("doubles.keepOne", { count: results.length - 1 })}
        </Button>
        <Button size="compact-md" variant="default" onClick={onKeepAll}>
          {t("doubles.keepAll")}
        </Button>
      </div>
    </fieldset>
  );
}

type ChoiceProps = {
  name: string;
  task: Task;
  isKept: boolean;
  onChoose: (taskId: string) => void;
};

function Choice({ name, task, isKept, onChoose }: ChoiceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { picture, renew } = usePicture(task, "thumbnail");
  const { width, height } = task.image;
  const fileName = task.fileName ?? t("task.unnamed");
  return (
    <div className={classes.choice}>
      <label>
        <input
          type="radio"
          name={name}
          checked={isKept}
          aria-label={t("doubles.keepThis", { name: fileName })}
          onChange={() => {
            onChoose(task.taskId);
          }}
        />
        <img
          src={picture?.url}
          alt=""
          crossOrigin={picture && getCrossOrigin(picture.url)}
          onError={renew}
        />
      </label>
      <Link to={`/results/${task.taskId}`}>{fileName}</Link>
      <span>
        {width && height ? `${width} × ${height} · ` : ""}
        {format.bytes(task.sizeBytes)}
      </span>
      <span>{format.dateTime(task.createdAt)}</span>
    </div>
  );
}
