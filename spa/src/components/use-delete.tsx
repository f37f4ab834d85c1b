import { Button } from "@mantine/core";

import { useTranslation } from "@/lib/i18n";
import { isByKeyboard } from "@/lib/last-input";
import { useServices } from "@/lib/services";

import { announce } from "./announcer";
import { focusLater, takeFocus } from "./focus";
import { hideNotification, notify } from "./notify";
import classes from "./use-delete.module.css";

const UNDO_MS = 8_000;

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

/** Whether the focus is on a message, such as on its button that closes it. */
const isFocusIn = (id: string) =>
  document.getElementById(id)?.closest("[role=alert]")?.contains(document.activeElement) ?? false;
