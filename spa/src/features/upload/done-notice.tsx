import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { useTranslation } from "@/lib/i18n";

import { countBatch, type Member } from "./batch";

/** Nobody waits for the end of a larger batch. */
const MANY = 10;

/** Offers to tell the end of a large batch to a user who looks at something else. */
export function DoneNotice({ members }: { members: readonly Member[] }) {
  const { t } = useTranslation();
  const [permission, setPermission] = useState(readPermission);
  const { all, done, failed, open } = countBatch(members);
  const isLarge = all > MANY;
  const wasOpen = useRef(false);
  useEffect(() => {
    if (open > 0) wasOpen.current = isLarge;
    else if (wasOpen.current) {
      wasOpen.current = false;
      if (document.hidden && readPermission() === "granted") {
        const failures = failed > 0 ? ` · ${t("batch.failed", { count: failed })}` : "";
        void tell(t("batch.allDone"), t("batch.done", { count: done }) + failures);
      }
    }
  }, [open, isLarge, done, failed, t]);
  if (!isLarge || open === 0 || permission !== "default") return null;
  return (
    <Button
      variant="default"
      size="compact-sm"
      onClick={() => {
        void Notification.requestPermission().then(setPermission);
      }}
    >
      {t("batch.tellMe")}
    </Button>
  );
}

const readPermission = () => ("Notification" in window ? Notification.permission : "denied");

/** Phones show notifications of service workers only. */
async function tell(title: string, body: string): Promise<void> {
  const options = { body, icon: "/favicon.svg", tag: "batch" };
  const worker =
    "serviceWorker" in navigator ? await navigator.serviceWorker.getRegistration() : undefined;
  if (worker) await worker.showNotification(title, options);
  else new Notification(title, options);
}
