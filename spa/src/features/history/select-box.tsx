import { useTranslation } from "@/lib/i18n";
import type { Task } from "@/lib/tasks";

import classes from "./select-box.module.css";
import type { Selection } from "./use-selection";

type Props = { task: Task; selection: Selection };

/**
 * Selects one task of the history. It is the browser's own checkbox: while somebody scrolls, many
 * of them come and go.
 */
export function SelectBox({ task, selection }: Props) {
  const { t } = useTranslation();
  return (
    <input
      type="checkbox"
      className={classes.box}
      checked={selection.has(task.taskId)}
      onChange={({ nativeEvent }) => {
        const isRange = nativeEvent instanceof MouseEvent && nativeEvent.shiftKey;
        selection.toggle(task.taskId, isRange);
      }}
      aria-label={t("history.select", { name: task.fileName ?? t("task.unnamed") })}
    />
  );
}
