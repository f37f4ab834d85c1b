import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { SpotIcon } from "@/components/icons";
import { notify } from "@/components/notify";
import { toAppError } from "@/lib/errors";
import { useErrorText } from "@/lib/i18n";
import { useLookCloser } from "@/lib/look-closer";
import { useApi } from "@/lib/services";
import { readTask, type Task } from "@/lib/tasks";

/** Sends the photo of this result again, to find smaller things in it. */
export function LookCloserButton({ task }: { task: Task }) {
  const { t } = useTranslation();
  const api = useApi();
  const errorText = useErrorText();
  const navigate = useNavigate();
  const lookCloser = useLookCloser();
  const [isLoading, setLoading] = useState(false);

  const send = async () => {
    setLoading(true);
    try {
      // The address on this page may have expired.
      const { image } = await readTask(api, task.taskId);
      const answer = await fetch(image.url ?? "");
      if (!answer.ok) throw new Error("The photo could not be loaded");
      const type = { type: task.contentType };
      // Our own networks look closer, and they know nothing about unwanted content.
      const features = task.features.filter((feature) => feature !== "moderation");
      lookCloser(new File([await answer.arrayBuffer()], task.fileName ?? "", type), features);
      await navigate("/");
    } catch (error) {
      void notify({ color: "red", message: errorText(toAppError(error).code) });
    } finally {
      setLoading(false);
    }
  };

  return (
    <Button
      variant="default"
      leftSection={<SpotIcon />}
      loading={isLoading}
      title={t("result.lookCloserWhy")}
      onClick={() => void send()}
    >
      {t("result.lookCloser")}
    </Button>
  );
}
