import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ExportLink } from "@/components/export-link";
import { TrashIcon } from "@/components/icons";

import classes from "./selection-bar.module.css";
import type { Selection } from "./use-selection";

type Props = { selection: Selection; onDelete: () => void; children?: ReactNode };

export function SelectionBar({ selection, onDelete, children }: Props) {
  const { t } = useTranslation();
  if (selection.selected.length === 0) return null;
  return (
    <div className={classes.bar} role="group" aria-label={t("history.selection")}>
      <span className={classes.count} role="status">
        {t("history.selected", { count: selection.selected.length })}
      </span>
      {!selection.isAll && (
        <Button variant="subtle" size="compact-md" onClick={selection.selectAll}>
          {t("history.selectAll")}
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
