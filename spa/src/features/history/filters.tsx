import { Autocomplete, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";

import { filterStarted } from "@/components/filter-started";
import { useLabelWords, useTranslation } from "@/lib/i18n";
import { TASK_STATUSES, type TaskStatus } from "@/lib/tasks";
import type { Word } from "@/lib/words";

import classes from "./filters.module.css";
import type { Filter } from "./use-history";

type Props = { filter: Filter; words: readonly Word[]; onChange: (filter: Filter) => void };

export function Filters({ filter, words, onChange }: Props) {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  // The filter is in the address, which follows a little later: letters typed fast would be lost.
  const [typed, setTyped] = useState<string>();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={classes.filters} role="search" aria-label={t("history.filters")}>
      <Autocomplete
        className={classes.label}
        aria-label={t("history.byLabel")}
        placeholder={t("history.byLabel")}
        data={[...new Set(words.map(({ name }) => say(name)))]}
        filter={filterStarted}
        limit={8}
        comboboxProps={{ withinPortal: false }}
        dropdownOpened={isOpen}
        onDropdownOpen={() => {
          setOpen(true);
        }}
        onDropdownClose={() => {
          setOpen(false);
        }}
        onKeyDown={(event) => {
          // The suggestions would cover what was found.
          if (event.key === "Enter") setOpen(false);
        }}
        value={typed ?? filter.label}
        onChange={(label) => {
          setTyped(label);
          onChange({ ...filter, label });
        }}
        onBlur={() => {
          setTyped(undefined);
        }}
        clearable
        clearButtonProps={{ "aria-label": t("history.reset") }}
      />
      <TextInput
        className={classes.day}
        type="date"
        aria-label={t("history.until")}
        title={t("history.until")}
        leftSection={<span aria-hidden="true">{t("history.untilShort")}</span>}
        leftSectionWidth="3.5rem"
        value={filter.until}
        onChange={(event) => {
          onChange({ ...filter, until: event.currentTarget.value });
        }}
      />
      <NativeSelect
        aria-label={t("history.byStatus")}
        value={filter.status ?? ""}
        onChange={(event) => {
          const { value } = event.currentTarget;
          onChange({ ...filter, status: value === "" ? null : (value as TaskStatus) });
        }}
        data={[
          { value: "", label: t("history.anyStatus") },
          ...TASK_STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
        ]}
      />
    </div>
  );
}
