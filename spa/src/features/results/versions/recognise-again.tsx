import { Button, Menu } from "@mantine/core";

import { SpotIcon } from "@/components/icons";
import { notify } from "@/components/notify";
import { toAppError } from "@/lib/errors";
import { useErrorText, useTranslation } from "@/lib/i18n";
import { isSettled, type Task } from "@/lib/tasks";
import { useAskVersion, type Wanted } from "@/lib/versions";

/** What can be asked for, by the name of its text. */
function listChoices({ detail, features }: Task) {
  const choices: { name: "closer" | "text" | "again"; wanted: Wanted }[] = [];
  // Our own networks look closer and read, and they know nothing about unwanted content.
  const ours = features.filter((feature) => feature !== "moderation");
  if (detail === "fast" && features.includes("labels")) {
    choices.push({ name: "closer", wanted: { detail: "fine", engine: "spotter", features: ours } });
  }
  if (!features.includes("text")) {
    choices.push({ name: "text", wanted: { features: [...features, "text"] } });
  }
  return [...choices, { name: "again" as const, wanted: {} }];
}

/** Recognises the photo of a result again. The result stays until the new one is there. */
export function RecogniseAgain({ task }: { task: Task }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const ask = useAskVersion(task.taskId);
  const send = (wanted: Wanted) => {
    ask.mutate(wanted, {
      onError: (error) => {
        void notify({ color: "red", message: errorText(toAppError(error).code) });
      },
    });
  };
  return (
    // A menu may contain only its items, and Mantine's placeholder for the focus is none.
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<SpotIcon />}
          loading={ask.isPending || !isSettled(task)}
        >
          {t("version.title")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {listChoices(task).map(({ name, wanted }) => (
          <Menu.Item
            key={name}
            title={t(`version.${name}Why`)}
            onClick={() => {
              send(wanted);
            }}
          >
            {t(`version.${name}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
