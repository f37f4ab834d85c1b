import { Button, Menu } from "@mantine/core";

import { CodeIcon } from "@/components/icons";
import { CopyIcon, DownloadIcon, ShareIcon } from "@/components/later-icons";
import { notify } from "@/components/notify";
import { toAppError } from "@/lib/errors";
import { type TextKey, useErrorText, useTranslation } from "@/lib/i18n";
import type { Task } from "@/lib/tasks";

import { canCopyPicture, canShare, useExport } from "./use-export";

type Props = {
  task: Task;
  /** The confidence that the slider shows. What is less sure is not exported. */
  least: number;
};

type Item = {
  action: Exclude<keyof ReturnType<typeof useExport>, "prepare">;
  text: TextKey;
  Icon: typeof CopyIcon;
  /** What the page says afterwards. The device itself shows what is shared. */
  done?: TextKey;
  isOffered?: () => boolean;
};

const ITEMS: Item[] = [
  { action: "download", text: "export.picture", Icon: DownloadIcon, done: "export.saved" },
  { action: "share", text: "export.share", Icon: ShareIcon, isOffered: canShare },
  {
    action: "copyPicture",
    text: "export.copyPicture",
    Icon: CopyIcon,
    done: "export.copied",
    isOffered: canCopyPicture,
  },
  { action: "copyLabels", text: "export.labels", Icon: CopyIcon, done: "export.copied" },
  { action: "copyJson", text: "export.json", Icon: CopyIcon, done: "export.copied" },
  { action: "copyCurl", text: "export.curl", Icon: CodeIcon, done: "export.copied" },
];

/** Download, share or copy the result, as the page shows it. */
export function ExportMenu({ task, least }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const actions = useExport(task, least);

  const run = async ({ action, done }: Item) => {
    try {
      await actions[action]();
      if (done) void notify({ message: t(done) });
    } catch (error) {
      const isRefused = error instanceof DOMException;
      // The user closed the list of programs.
      if (isRefused && error.name === "AbortError") return;
      const message = isRefused ? t("export.refused") : errorText(toAppError(error).code);
      void notify({ color: "red", message });
    }
  };

  return (
    // A menu may contain only its items, and Mantine's placeholder for the focus is none.
    <Menu
      position="bottom-end"
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      onOpen={actions.prepare}
    >
      <Menu.Target>
        <Button variant="default" leftSection={<DownloadIcon />}>
          {t("export.title")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ITEMS.filter(({ isOffered }) => isOffered?.() ?? true).map((item) => (
          <Menu.Item key={item.action} leftSection={<item.Icon />} onClick={() => void run(item)}>
            {t(item.text)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
