import { Button, Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { CodeIcon } from "@/components/icons";
import { CopyIcon, DownloadIcon } from "@/components/later-icons";
import { notify } from "@/components/notify";
import { buildCurl } from "@/lib/curl";
import { pickShown, pickSure } from "@/lib/labels";
import { useApi, useServices } from "@/lib/services";
import type { Task } from "@/lib/tasks";
import { getPicture } from "@/lib/use-picture";
import { toAppError } from "@/lib/errors";
import { useErrorText, useLabelWords } from "@/lib/i18n";

import { drawAnnotated } from "./draw-annotated";

type Props = {
  task: Task;
  /** The confidence that the slider shows. What is less sure is not exported. */
  least: number;
};

/** Download or copy the result, as the page shows it. */
export function ExportMenu({ task, least }: Props) {
  const { t } = useTranslation();
  const { config, session } = useServices();
  const api = useApi();
  const errorText = useErrorText();
  const { say } = useLabelWords();

  const run = async (action: () => Promise<void>, done: string) => {
    try {
      await action();
      void notify({ message: done });
    } catch (error) {
      void notify({ color: "red", message: errorText(toAppError(error).code) });
    }
  };
  const copyJson = () => {
    const shown = { ...task, labels: pickSure(task.labels, least) };
    return navigator.clipboard.writeText(JSON.stringify(shown, null, 2));
  };
  const copyCurl = async () => {
    const token = await session.getToken();
    const url = `${config.apiUrl}/results/${task.taskId}`;
    await navigator.clipboard.writeText(buildCurl({ method: "GET", url, token }));
  };
  const download = async () => {
    const picture = await getPicture(api, task);
    const shown = { ...task, labels: pickShown(task.labels, least) };
    if (picture) save(await drawAnnotated(picture.url, shown, say), buildName(task));
  };

  return (
    // A menu may contain only its items, and Mantine's placeholder for the focus is none.
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="default" leftSection={<DownloadIcon />}>
          {t("export.title")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<DownloadIcon />}
          onClick={() => void run(download, t("export.saved"))}
        >
          {t("export.picture")}
        </Menu.Item>
        <Menu.Item
          leftSection={<CopyIcon />}
          onClick={() => void run(copyJson, t("export.copied"))}
        >
          {t("export.json")}
        </Menu.Item>
        <Menu.Item
          leftSection={<CodeIcon />}
          onClick={() => void run(copyCurl, t("export.copied"))}
        >
          {t("export.curl")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const buildName = ({ fileName }: Task) =>
  `${(fileName ?? "photo").replace(/\.[^.]+$/, "")}-spotter.jpg`;

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // A download that has started keeps its own reference to the bytes.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
