import { Button, type ButtonProps } from "@mantine/core";
import { Link } from "react-router";

import { useTranslation } from "@/lib/i18n";
import type { Search } from "@/lib/tasks";

import { DownloadIcon } from "./later-icons";

type Props = ButtonProps & {
  /** The photos to export. */
  taskIds?: readonly string[];
  /** Else those that a search finds. Without one: all. */
  search?: Search | undefined;
};

/** Leads to the page that writes a file with these photos. */
export function ExportLink({ taskIds, search, ...look }: Props) {
  const { t } = useTranslation();
  return (
    <Button
      component={Link}
      to={{ pathname: "/exports", search: new URLSearchParams(search).toString() }}
      state={taskIds && { taskIds }}
      variant="default"
      leftSection={<DownloadIcon size={18} />}
      {...look}
    >
      {t("export.title")}
    </Button>
  );
}
