import { Button } from "@mantine/core";
import { useState } from "react";

import { takeFocus } from "@/components/focus";
import { EditIcon } from "@/components/later-icons";
import { LabelPicker } from "@/components/label-picker";
import { add, takeBack } from "@/lib/corrections";
import { useLabelWords, useTranslation } from "@/lib/i18n";
import { useSharing } from "@/lib/sharing";
import type { Task } from "@/lib/tasks";

import classes from "./corrections.module.css";
import { CORRECTED_ID, useSay } from "./use-say";

/** What a person added to, renamed in or removed from a result, and how to add more. */
export function Corrections({ task }: { task: Task }) {
  return (
    <>
      <Add task={task} />
      <Corrected task={task} />
    </>
  );
}

function Add({ task }: { task: Task }) {
  const words = useLabelWords();
  const { say, isPending, t } = useSay(task);
  const [state, setState] = useState<"closed" | "open" | "cancelled">("closed");
  if (state !== "open") {
    return (
      <Button
        ref={state === "cancelled" ? takeFocus : undefined}
        className={classes.add}
        variant="subtle"
        size="compact-md"
        leftSection={<EditIcon size={16} />}
        onClick={() => {
          setState("open");
        }}
      >
        {t("correct.add")}
      </Button>
    );
  }
  return (
    <LabelPicker
      label={t("correct.addWhat")}
      submit={t("correct.addIt")}
      isBusy={isPending}
      onPick={(name) => {
        void say(add(task, name), t("correct.added", { name: words.say(name) }));
        setState("closed");
      }}
      onCancel={() => {
        setState("cancelled");
      }}
    />
  );
}

function Corrected({ task }: { task: Task }) {
  const words = useLabelWords();
  const { say, isPending, t } = useSay(task);
  const { removed = [], renamed = [], added = [] } = task.corrections ?? {};
  const lines = [
    ...renamed.map(({ from, to }) => ({
      name: from,
      text: t("correct.renamed", { old: words.say(from), right: words.say(to) }),
    })),
    ...added.map((name) => ({ name, text: t("correct.added", { name: words.say(name) }) })),
    ...removed.map((name) => ({ name, text: t("correct.removed", { name: words.say(name) }) })),
  ];
  if (lines.length === 0) return null;
  return (
    <section className={classes.corrected} aria-labelledby={CORRECTED_ID}>
      <h3 id={CORRECTED_ID} tabIndex={-1}>
        {t("correct.title")}
      </h3>
      <ul>
        {lines.map(({ name, text }) => (
          <li key={text}>
            <span>{text}</span>
            <Button
              variant="subtle"
              size="compact-sm"
              disabled={isPending}
              aria-label={t("correct.undoOf", { text })}
              onClick={() => void say(takeBack(task, name), t("correct.undone", { text }))}
            >
              {t("correct.undo")}
            </Button>
          </li>
        ))}
      </ul>
      <MayShare />
    </section>
  );
}

/** Asks once whether operators may use photos that were corrected. */
function MayShare() {
  const { t } = useTranslation();
  const { sharing, choose } = useSharing();
  if (sharing?.corrections !== null) return null;
  return (
    <div className={classes.share} role="group" aria-labelledby="may-share">
      <p id="may-share">
        <strong>{t("correct.share")}</strong> {t("correct.shareWhy")}
      </p>
      <div className={classes.buttons}>
        {[true, false].map((answer) => (
          <Button
            key={String(answer)}
            variant="default"
            size="compact-md"
            onClick={() => {
              choose(answer);
            }}
          >
            {t(answer ? "correct.shareYes" : "correct.shareNo")}
          </Button>
        ))}
      </div>
    </div>
  );
}
