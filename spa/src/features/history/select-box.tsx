import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Task } from "@/lib/tasks";

import type { Selection } from "./use-selection";

type Props = { task: Task; selection: Selection };

/** Selects one task of the history. */
export function SelectBox({ task, selection }: Props) {
  const { t } = useTranslation();
  return (
    <Checkbox
      checked={selection.has(task.taskId)}
      onChange={({ nativeEvent }) => {
        const isRange = nativeEvent instanceof MouseEvent && nativeEvent.shiftKey;
        selection.toggle(task.taskId, isRange);
      }}
      aria-label={t("history.select", { name: task.fileName ?? t("task.unnamed") })}
    />
  );
}
