import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { ExportLink } from "@/components/export-link";
import { TrashIcon } from "@/components/icons";
import { useTranslation } from "@/lib/i18n";

import classes from "./selection-bar.module.css";
import type { Selection } from "./use-selection";

type Props = {
  selection: Selection;
  /** How many photos the list has, if all of it is loaded. */
  total: number | undefined;
  /** Loads the rest of the list, and gives all of its tasks. */
  loadAll: () => Promise<string[]>;
  onDelete: () => void;
  children?: ReactNode;
};

export function SelectionBar({ selection, total, loadAll, onDelete, children }: Props) {
  const { t } = useTranslation();
  const [isLoading, setLoading] = useState(false);
  if (selection.selected.length === 0) return null;
  const selectAll = async () => {
    setLoading(true);
    selection.select(await loadAll());
    setLoading(false);
  };
  return (
    <div className={classes.bar} role="group" aria-label={t("history.selection")}>
      <span className={classes.count} role="status">
        {t("history.selected", { count: selection.selected.length })}
      </span>
      {!(selection.isAll && total !== undefined) && (
        <Button
          variant="subtle"
          size="compact-md"
          loading={isLoading}
          onClick={() => void selectAll()}
        >
          {total === undefined ? t("history.selectAll") : t("history.selectCount", { total })}
        </Button>
      )}
      <Button variant="subtle" size="compact-md" onClick={selection.clear}>
        {t("history.selectNone")}
      </Button>
      {children}
      <ExportLink taskIds={selection.selected} size="compact-md" />
      <Button size="compact-md" leftSection={<TrashIcon size={18} />} onClick={onDelete}>
        {t("history.deleteMany")}
      </Button>
    </div>
  );
}
