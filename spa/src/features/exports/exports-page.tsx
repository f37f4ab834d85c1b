import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { Problem, useProblem } from "@/components/problem";
import { useApi } from "@/lib/services";

import { ExportForm } from "./export-form";
import { ExportRows } from "./export-rows";
import { exportsQuery, isOpen } from "./exports";
import classes from "./exports-page.module.css";

/** Begin exports, follow them and get their files. */
export function ExportsPage() {
  const { t } = useTranslation();
  const list = useQuery(exportsQuery(useApi()));
  const problem = useProblem(list);
  const present = list.data ?? [];
  return (
    <Page title={t("takeAway.title")} lead={t("takeAway.lead")} width="narrow">
      <section className={classes.section}>
        <ExportForm isBusy={present.some(isOpen)} />
      </section>
      <section className={classes.section}>
        <h2>{t("takeAway.mine")}</h2>
        <Problem error={problem} />
        {list.isSuccess && present.length === 0 && (
          <p className={classes.none}>{t("takeAway.none")}</p>
        )}
        <ExportRows present={present} />
      </section>
    </Page>
  );
}
