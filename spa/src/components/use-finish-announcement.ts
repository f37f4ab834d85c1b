import { useEffect, useRef } from "react";

import { useTranslation } from "@/lib/i18n";
import { isFinished, type Task } from "@/lib/tasks";

import { announce } from "./announcer";
import { useResultText } from "./use-result-text";

/** Tells screen readers the result of a task that was seen before it was finished. */
export function useFinishAnnouncement(task: Task | undefined): void {
  const { t } = useTranslation();
  const resultText = useResultText();
  const wasOpen = useRef(false);
  const finished = task && isFinished(task) ? task : undefined;
  useEffect(() => {
    if (!finished) {
      wasOpen.current = true;
      return;
    }
    if (!wasOpen.current) return;
    wasOpen.current = false;
    const name = finished.fileName ?? t("task.unnamed");
    announce(t("result.announcement", { name, result: resultText(finished) }));
    // Announce a change of the task, not a change of the language.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [finished]);
}
