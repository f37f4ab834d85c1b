import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { isByKeyboard } from "@/lib/last-input";
import { useServices } from "@/lib/services";

import { announce } from "./announcer";
import { hideNotification, notify } from "./notify";
import classes from "./use-delete.module.css";

const UNDO_MS = 8_000;
const FOCUS_EVERY_MS = 50;
const FOCUS_FOR_MS = 5_000;

/** Hides tasks at once, and deletes them for good if the user does not undo it. */
export function useDelete() {
  const { deletions } = useServices();
  const { t } = useTranslation();

  return (taskIds: readonly string[]) => {
    const id = `delete-${taskIds.join()}`;
    const text = t("history.deleted", { count: taskIds.length });
    // The button that was pressed goes with its photo, so the keyboard continues at Undo. The
    // message stays until the focus leaves it.
    const isKeyboard = isByKeyboard();
    deletions.hide(taskIds);
    announce(text);
    let isUndone = false;
    const undo = () => {
      isUndone = true;
      if (isKeyboard) focusLater(`a[href="/results/${taskIds[0]}"]`);
      deletions.undo(taskIds);
      void hideNotification(id);
      announce(t("history.restored", { count: taskIds.length }));
    };
    void notify({
      id,
      autoClose: isKeyboard ? false : UNDO_MS,
      onClose: () => {
        if (!isUndone && isFocusIn(id)) focusLater("h1");
        void deletions.commit(taskIds);
      },
      message: (
        <span className={classes.row} id={id}>
          {text}
          <Button
            ref={isKeyboard ? takeFocus : undefined}
            size="compact-sm"
            variant="default"
            onClick={undo}
            onBlur={() => {
              if (isKeyboard) setTimeout(() => void hideNotification(id), UNDO_MS);
            }}
          >
            {t("history.undo")}
          </Button>
        </span>
      ),
    });
  };
}

const takeFocus = (button: HTMLButtonElement | null) => {
  button?.focus();
};

/** Whether the focus is on a message, such as on its button that closes it. */
const isFocusIn = (id: string) =>
  document.getElementById(id)?.closest("[role=alert]")?.contains(document.activeElement) ?? false;

/**
 * Continue on the page, when it is complete again.
 *
 * A slow device shows it later, or shows it twice. The user's own choice of a focus is kept.
 */
export function focusLater(selector: string): void {
  const page = document; // A test may end, and its document with it, before the timer does
  const timer = setInterval(() => {
    const isNowhere = page.activeElement === page.body;
    if (isNowhere) page.querySelector<HTMLElement>(selector)?.focus();
  }, FOCUS_EVERY_MS);
  setTimeout(() => {
    clearInterval(timer);
  }, FOCUS_FOR_MS);
}
