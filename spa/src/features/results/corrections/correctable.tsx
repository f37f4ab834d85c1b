import { Button } from "@mantine/core";
import { type ReactNode, useRef, useState } from "react";

import { EditIcon } from "@/components/later-icons";
import { LabelPicker } from "@/components/label-picker";
import { canCorrect, isNamed, listFound, listOldNames, remove, rename } from "@/lib/corrections";
import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import type { Task } from "@/lib/tasks";

import classes from "./corrections.module.css";
import { useSay } from "./use-say";

type Props = { task: Task; name: string; isOff?: boolean; children: ReactNode };

/** A label of a result, which a person can correct. */
export function Correctable({ task, name, isOff = false, children }: Props) {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const [isOpen, setOpen] = useState(false);
  const edit = useRef<HTMLButtonElement>(null);
  if (isOff || !canCorrect(task, name)) return children;
  const close = () => {
    setOpen(false);
    edit.current?.focus();
  };
  return (
    <>
      <div className={classes.row}>
        {children}
        <button
          ref={edit}
          type="button"
          className={classes.edit}
          aria-label={t("correct.edit", { name: say(name) })}
          aria-expanded={isOpen}
          title={t("correct.wrong")}
          onClick={() => {
            setOpen(!isOpen);
          }}
        >
          <EditIcon size={18} />
        </button>
      </div>
      <Origin task={task} name={name} />
      {isOpen && <Edit task={task} name={name} onCancel={close} />}
    </>
  );
}

/** Says where a label comes from, if a person had a hand in it. */
function Origin({ task, name }: Omit<Props, "children">) {
  const { t } = useTranslation();
  const format = useFormat();
  const { say } = useLabelWords();
  const old = listOldNames(task, name);
  if (old.length > 0) {
    const names = format.list(old.map(say));
    return <p className={classes.origin}>{t("correct.was", { names })}</p>;
  }
  if (!isNamed(task, name)) return null;
  const isConfirmed = listFound(task).includes(name);
  return <p className={classes.origin}>{t(isConfirmed ? "correct.confirmed" : "correct.byYou")}</p>;
}

type EditProps = Omit<Props, "children"> & { onCancel: () => void };

function Edit({ task, name, onCancel }: EditProps) {
  const words = useLabelWords();
  const { say, isPending, t } = useSay(task);
  const old = words.say(name);
  return (
    <LabelPicker
      label={t("correct.what", { name: old })}
      submit={t("correct.save")}
      isBusy={isPending}
      onPick={(right) => {
        const told = t("correct.renamed", { old, right: words.say(right) });
        void say(rename(task, name, right), told);
        onCancel();
      }}
      onCancel={onCancel}
    >
      <Button
        variant="default"
        size="compact-md"
        onClick={() => {
          void say(remove(task, name), t("correct.removed", { name: old }));
        }}
      >
        {t("correct.remove")}
      </Button>
    </LabelPicker>
  );
}
