import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { announce } from "@/components/announcer";
import { focusLater, takeFocus } from "@/components/focus";
import { EditIcon } from "@/components/later-icons";
import { LabelPicker } from "@/components/label-picker";
import { notify } from "@/components/notify";
import { notifyUndo } from "@/components/notify-undo";
import { add, getDraft, useCorrect, type Draft } from "@/lib/corrections";
import { toAppError } from "@/lib/errors";
import { useErrorText, useLabelWords, useTranslation } from "@/lib/i18n";
import { refreshListed, type Task } from "@/lib/tasks";

/** The API takes 30 requests a second of one user. */
const AT_ONCE = 4;

type Props = {
  /** The selected photos. Only those with a result get the name. */
  tasks: readonly Task[];
  onDone: () => void;
};

type Wanted = { task: Task; draft: Draft };

/** Says of all selected photos at once what is in them. */
export function NameSelected({ tasks, onDone }: Props) {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const [state, setState] = useState<"closed" | "open" | "cancelled">("closed");
  const { isBusy, nameAll } = useNameAll();
  const results = tasks.filter(({ status }) => status === "succeeded");
  if (results.length === 0) return null;
  if (state !== "open") {
    return (
      <Button
        ref={state === "cancelled" ? takeFocus : undefined}
        variant="subtle"
        size="compact-md"
        leftSection={<EditIcon size={18} />}
        onClick={() => {
          setState("open");
        }}
      >
        {t("history.nameMany")}
      </Button>
    );
  }
  return (
    <LabelPicker
      label={t("history.nameManyWhat")}
      submit={t("history.nameManyDo", { count: results.length })}
      isBusy={isBusy}
      onPick={(name) => {
        void nameAll(results, name, say(name)).then((isDone) => {
          if (isDone) onDone();
        });
      }}
      onCancel={() => {
        setState("cancelled");
      }}
    />
  );
}

function useNameAll() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const errorText = useErrorText();
  const { mutateAsync } = useCorrect();
  const [isBusy, setBusy] = useState(false);

  /** Correct many at a time, and return those that the API stored. It tells of failures. */
  const correctAll = async (wanted: readonly Wanted[]): Promise<Task[]> => {
    const failures: unknown[] = [];
    const stored: Task[] = [];
    const waiting = [...wanted];
    const work = async () => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        await mutateAsync(one).then(
          (task) => stored.push(task),
          (error: unknown) => failures.push(error),
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (failures.length > 0) {
      const { code, message } = toAppError(failures[0]);
      void notify({ color: "red", message: errorText(code, message) });
      // A second try corrects what is stored now, not what this list had.
      void refreshListed(
        queries,
        wanted.map(({ task }) => task.taskId),
      );
    }
    return stored;
  };

  /** Whether all of them have the name now. */
  const nameAll = async (tasks: readonly Task[], name: string, told: string) => {
    setBusy(true);
    const stored = await correctAll(tasks.map((task) => ({ task, draft: add(task, name) })));
    setBusy(false);
    const before = new Map(tasks.map((task) => [task.taskId, task]));
    const undo = () =>
      correctAll(
        stored.map((task) => ({ task, draft: getDraft(before.get(task.taskId) ?? task) })),
      ).then(({ length }) => {
        if (length > 0) announce(t("correct.undone", { text: told }));
      });
    const [first] = stored;
    if (first) {
      notifyUndo({
        id: `named-${first.taskId}-${String(first.corrections?.revision)}`,
        text: t("history.named", { count: stored.length, name: told }),
        onUndo: (isKeyboard) => {
          if (isKeyboard) focusLater("h1");
          void undo();
        },
      });
    }
    return stored.length === tasks.length;
  };
  return { isBusy, nameAll };
}
