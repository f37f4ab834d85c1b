import { UnstyledButton } from "@mantine/core";
import { Link } from "react-router";

import { EnlargeIcon, NextIcon, PreviousIcon } from "@/components/later-icons";
import { useTranslation } from "@/lib/i18n";
import { usePlace } from "@/lib/place";
import type { Task } from "@/lib/tasks";

import classes from "./photo-tools.module.css";
import type { Neighbours } from "./use-neighbours";

type Props = {
  neighbours: Neighbours;
  /** Left out if there is no picture. */
  onEnlarge: (() => void) | undefined;
};

/** Leads to the photos beside this one, and shows it as large as the window. */
export function PhotoTools({ neighbours: { tasks, index }, onEnlarge }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.tools}>
      {index >= 0 && tasks.length > 1 && (
        <nav aria-label={t("viewer.list")}>
          <Step task={tasks[index - 1]} name={t("viewer.previous")} Icon={PreviousIcon} />
          <Step task={tasks[index + 1]} name={t("viewer.next")} Icon={NextIcon} />
        </nav>
      )}
      {onEnlarge && (
        <UnstyledButton className={classes.tool} onClick={onEnlarge}>
          <EnlargeIcon size={18} />
          <span>{t("viewer.enlarge")}</span>
        </UnstyledButton>
      )}
    </div>
  );
}

type StepProps = { task: Task | undefined; name: string; Icon: typeof NextIcon };

function Step({ task, name, Icon }: StepProps) {
  const place = usePlace();
  if (!task) {
    return (
      <span className={classes.tool} aria-hidden="true" data-off>
        <Icon />
      </span>
    );
  }
  return (
    <Link
      className={classes.tool}
      to={`/results/${task.taskId}`}
      // Back leads to the list.
      replace
      state={place}
      aria-label={name}
      title={name}
    >
      <Icon />
    </Link>
  );
}
