import { Button } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { useEffect } from "react";
import { Link } from "react-router";

import { Page } from "@/components/page";
import { useTranslation } from "@/lib/i18n";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("error.notFound")} lead={t("error.notFoundWhy")} width="narrow">
      <Button component={Link} to="/">
        {t("error.home")}
      </Button>
    </Page>
  );
}

/** Shown when a page throws an error or its code cannot be loaded. */
export function ErrorPage() {
  const { t } = useTranslation();
  const { online } = useNetwork();
  useReloadWhenOnline();
  return (
    <Page
      title={t(online ? "error.broken" : "error.offline")}
      lead={t(online ? "error.brokenWhy" : "error.offlineWhy")}
      width="narrow"
    >
      <Button
        onClick={() => {
          location.reload();
        }}
      >
        {t("error.reload")}
      </Button>
    </Page>
  );
}

/** Only a new page loads code again whose first load failed. */
function useReloadWhenOnline(): void {
  useEffect(() => {
    if (navigator.onLine) return;
    const reload = () => {
      location.reload();
    };
    addEventListener("online", reload);
    return () => {
      removeEventListener("online", reload);
    };
  }, []);
}
