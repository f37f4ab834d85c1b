import type { NotificationData } from "@mantine/notifications";
import i18next from "i18next";
import { lazy, Suspense } from "react";

import { Store, useStore } from "@/lib/store";

// Most visits start without a notification, so its code is not part of the first load.
const load = () => import("@mantine/notifications");
const Area = lazy(async () => ({ default: (await load()).Notifications }));

class Wanted extends Store<boolean> {
  mark(): void {
    if (!this.state) this.set(true);
  }
}

const wanted = new Wanted(false);

/** Fetch the code while online: the first notification may say that the network is gone. */
export function prepareNotifications(): void {
  load().catch(() => undefined);
}

export async function notify(notification: NotificationData): Promise<void> {
  wanted.mark();
  const closeButtonProps = { "aria-label": i18next.t("nav.close") };
  (await load()).notifications.show({ closeButtonProps, ...notification });
}

export async function hideNotification(id: string): Promise<void> {
  (await load()).notifications.hide(id);
}

/** The place where notifications appear. */
export function NotificationArea() {
  const isWanted = useStore(wanted);
  if (!isWanted) return null;
  return (
    <Suspense>
      <Area position="bottom-center" containerWidth={420} limit={4} />
    </Suspense>
  );
}
