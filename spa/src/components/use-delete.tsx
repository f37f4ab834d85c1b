import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useServices } from "@/lib/services";

import { announce } from "./announcer";
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
    deletions.hide(taskIds);
    announce(text);
    void notify({
      id,
      autoClose: UNDO_MS,
      onClose: () => void deletions.commit(taskIds),
      message: (
        <span className={classes.row}>
          {text}
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              deletions.undo(taskIds);
              void hideNotification(id);
              announce(t("history.restored", { count: taskIds.length }));
            }}
          >
            {t("history.undo")}
          </Button>
        </span>
      ),
    });
  };
}
