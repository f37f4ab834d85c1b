import { Autocomplete, Button } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { useLabelWords, useTranslation } from "@/lib/i18n";
import { useKnownNames } from "@/lib/known-names";

import { filterStarted } from "./filter-started";
import { takeFocus } from "./focus";
import classes from "./label-picker.module.css";

const SHOWN = 6;
/** The API takes no longer names. */
const LONGEST_NAME = 60;
/** The API takes only names that the search can find. */
const SEARCHABLE = /[\p{L}\p{N}]/u;

type Props = {
  label: string;
  submit: string;
  isBusy: boolean;
  /** Gets the name as the API knows it: in English if the service can name it. */
  onPick: (name: string) => void;
  onCancel: () => void;
  children?: ReactNode;
};

/** Asks what something is, with suggestions from all that the service can name. */
export function LabelPicker({ label, submit, isBusy, onPick, onCancel, children }: Props) {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const known = useKnownNames(true);
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const isBad = text !== "" && !SEARCHABLE.test(text);

  const pick = (chosen: string) => {
    const same = (name: string) => name.toLowerCase() === chosen.toLowerCase();
    onPick(known.find((name) => same(say(name)) || same(name)) ?? chosen);
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (text && !isBad) pick(text);
      }}
    >
      <Autocomplete
        ref={takeFocus}
        label={label}
        // Suggestions lie over the buttons, so there are none before somebody types.
        data={text ? [...new Set(known.map(say))] : []}
        filter={filterStarted}
        limit={SHOWN}
        maxLength={LONGEST_NAME}
        error={isBad && t("correct.noLetter")}
        comboboxProps={{ withinPortal: false }}
        value={typed}
        onChange={setTyped}
        onOptionSubmit={pick}
        onKeyDown={(event) => {
          if (event.key === "Escape") onCancel();
        }}
      />
      <div className={classes.buttons}>
        <Button type="submit" size="compact-md" loading={isBusy} disabled={!text || isBad}>
          {submit}
        </Button>
        {children}
        <Button variant="subtle" size="compact-md" onClick={onCancel}>
          {t("correct.cancel")}
        </Button>
      </div>
    </form>
  );
}
