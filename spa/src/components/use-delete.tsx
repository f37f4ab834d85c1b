import { useTranslation } from "@/lib/i18n";
import { useServices } from "@/lib/services";

import { announce } from "./announcer";
import { focusLater } from "./focus";
import { notifyUndo } from "./notify-undo";

/** Hides tasks at once, and deletes them for good if the user does not undo it. */
export function useDelete() {
  const { deletions } = useServices();
  const { t } = useTranslation();

  return (taskIds: readonly string[]) => {
    const text = t("history.deleted", { count: taskIds.length });
    deletions.hide(taskIds);
    announce(text);
    notifyUndo({
      id: `delete-${taskIds.join()}`,
      text,
      onUndo: (isKeyboard) => {
        if (isKeyboard) focusLater(`a[href="/results/${taskIds[0]}"]`);
        deletions.undo(taskIds);
        announce(t("history.restored", { count: taskIds.length }));
      },
      onClose: () => void deletions.commit(taskIds),
    });
  };
}
