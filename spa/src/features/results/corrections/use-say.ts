import { useRef } from "react";

import { announce } from "@/components/announcer";
import { focusLater } from "@/components/focus";
import { notify } from "@/components/notify";
import { type Draft, useCorrect } from "@/lib/corrections";
import { toAppError } from "@/lib/errors";
import { useErrorText, useTranslation } from "@/lib/i18n";
import type { Task } from "@/lib/tasks";

export const CORRECTED_ID = "corrected";

/** Stores a correction and tells what has changed, also to screen readers. */
export function useSay(task: Task) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { mutateAsync, isPending } = useCorrect();
  const isUnderWay = useRef(false);

  const say = async (draft: Draft, told: string) => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    try {
      await mutateAsync({ task, draft });
      announce(told);
      // The control that was used may be gone with its label.
      focusLater(`#${CORRECTED_ID}`);
    } catch (error) {
      const { code, message } = toAppError(error);
      void notify({ color: "red", message: errorText(code, message) });
    } finally {
      isUnderWay.current = false;
    }
  };
  return { say, isPending, t };
}
