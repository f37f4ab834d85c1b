import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { takeFocus } from "@/components/focus";
import { EditIcon } from "@/components/later-icons";
import { LabelPicker } from "@/components/label-picker";
import { notify } from "@/components/notify";
import { add, useCorrect } from "@/lib/corrections";
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
  const errorText = useErrorText();
  const queries = useQueryClient();
  const { mutateAsync } = useCorrect();
  const [isBusy, setBusy] = useState(false);

  /** Whether all of them have the name now. */
  const nameAll = async (tasks: readonly Task[], name: string, told: string) => {
    setBusy(true);
    const failures: unknown[] = [];
    const waiting = [...tasks];
    const work = async () => {
      for (let task = waiting.shift(); task; task = waiting.shift()) {
        await mutateAsync({ task, draft: add(task, name) }).catch((error: unknown) => {
          failures.push(error);
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    setBusy(false);
    const count = tasks.length - failures.length;
    if (count > 0) void notify({ message: t("history.named", { count, name: told }) });
    if (failures.length > 0) {
      const { code, message } = toAppError(failures[0]);
      void notify({ color: "red", message: errorText(code, message) });
      // A second try corrects what is stored now, not what this list had.
      void refreshListed(
        queries,
        tasks.map(({ taskId }) => taskId),
      );
    }
    return failures.length === 0;
  };
  return { isBusy, nameAll };
}
