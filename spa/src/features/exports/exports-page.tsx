import { useQuery } from "@tanstack/react-query";

import { Page } from "@/components/page";
import { Problem, useProblem } from "@/components/problem";
import { Section } from "@/components/section";
import { useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { ExportForm } from "./export-form";
import { ExportRows } from "./export-rows";
import { exportsQuery, isAnyOpen } from "./exports";

/** Begin exports, follow them and get their files. */
export function ExportsPage() {
  const { t } = useTranslation();
  const list = useQuery(exportsQuery(useApi()));
  const problem = useProblem(list);
  const present = list.data ?? [];
  return (
    <Page title={t("takeAway.title")} lead={t("takeAway.lead")} width="narrow">
      <Section>
        <ExportForm isBusy={isAnyOpen(present)} />
      </Section>
      <Section title={t("takeAway.mine")}>
        <Problem error={problem} />
        {list.isSuccess && present.length === 0 && <p>{t("takeAway.none")}</p>}
        <ExportRows present={present} />
      </Section>
    </Page>
  );
}
