import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Page } from "@/components/page";

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
  return (
    <Page title={t("error.broken")} lead={t("error.brokenWhy")} width="narrow">
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
