import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { Page } from "@/components/page";
import { Problem, useProblem } from "@/components/problem";
import { Section } from "@/components/section";
import { useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { KeyRows } from "./key-rows";
import { keysQuery, MOST_KEYS, usageQuery } from "./keys";
import { NewKeyDialog } from "./new-key-dialog";
import { UsageChart } from "./usage-chart";

/** API keys of the user's programs, and what was sent. */
export function KeysPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("keys.title")} lead={t("keys.lead")} width="narrow">
      <Keys />
      <Used />
    </Page>
  );
}

function Keys() {
  const { t } = useTranslation();
  const list = useQuery(keysQuery(useApi()));
  const problem = useProblem(list);
  const [isOpen, setOpen] = useState(false);
  const keys = list.data ?? [];
  const isFull = keys.length >= MOST_KEYS;
  return (
    <Section title={t("keys.mine")}>
      <p>
        {t("keys.how")} <Link to="/api#createToken">{t("keys.howLink")}</Link>
      </p>
      <Problem error={problem} />
      {list.isSuccess && keys.length === 0 && <p>{t("keys.none")}</p>}
      <KeyRows keys={keys} />
      {isFull && <p>{t("keys.full", { count: MOST_KEYS })}</p>}
      <Button
        disabled={isFull}
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("keys.make")}
      </Button>
      <NewKeyDialog
        isOpen={isOpen}
        onClose={() => {
          setOpen(false);
        }}
      />
    </Section>
  );
}

function Used() {
  const { t } = useTranslation();
  const api = useApi();
  const usage = useQuery(usageQuery(api));
  const keys = useQuery(keysQuery(api));
  const problem = useProblem(usage);
  // It comes with the list of keys, which would move it.
  if (keys.isPending && !problem) return null;
  return (
    <Section title={t("usage.title")}>
      <Problem error={problem} />
      {usage.data && <UsageChart days={usage.data.days} keys={keys.data ?? []} />}
    </Section>
  );
}
