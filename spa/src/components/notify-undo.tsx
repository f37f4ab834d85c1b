import { Button } from "@mantine/core";
import i18next from "i18next";

import { isByKeyboard } from "@/lib/last-input";

import { focusLater, takeFocus } from "./focus";
import { hideNotification, notify } from "./notify";
import classes from "./notify-undo.module.css";

const UNDO_MS = 8_000;

type Undoable = {
  id: string;
  text: string;
  /** `isKeyboard`: the button has the focus, which needs another place. */
  onUndo: (isKeyboard: boolean) => void;
  onClose?: () => void;
};

/**
 * Says what was done, with a button that undoes it. The button that was pressed is gone, so the
 * keyboard continues at Undo. The message then stays until the focus leaves it.
 */
export function notifyUndo({ id, text, onUndo, onClose }: Undoable): void {
  const isKeyboard = isByKeyboard();
  let isUndone = false;
  const undo = () => {
    isUndone = true;
    onUndo(isKeyboard);
    void hideNotification(id);
  };
  void notify({
    id,
    autoClose: isKeyboard ? false : UNDO_MS,
    onClose: () => {
      if (!isUndone && isFocusIn(id)) focusLater("h1");
      onClose?.();
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
          {i18next.t("history.undo")}
        </Button>
      </span>
    ),
  });
}

/** Whether the focus is on a message, such as on its button that closes it. */
const isFocusIn = (id: string) =>
  document.getElementById(id)?.closest("[role=alert]")?.contains(document.activeElement) ?? false;
