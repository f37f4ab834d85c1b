import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Page } from "@/components/page";
import { Problem, useProblem } from "@/components/problem";
import { Rows } from "@/components/rows";
import { Section } from "@/components/section";
import { useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { NewWebhook } from "./new-webhook";
import { SecretDialog } from "./secret-dialog";
import { WebhookRow } from "./webhook-row";
import {
  addMade,
  MOST_WEBHOOKS,
  type Webhook,
  type WebhookSecret,
  webhooksKey,
  webhooksQuery,
} from "./webhooks";

/** Addresses that are called when something is finished, and what became of the calls. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const list = useQuery(webhooksQuery(useApi()));
  const problem = useProblem(list);
  const queries = useQueryClient();
  const [shown, setShown] = useState<WebhookSecret | null>(null);
  const webhooks = list.data ?? [];
  // A new row moves what is below it. So it comes with the press that closes the dialog.
  const close = () => {
    queries.setQueryData<Webhook[]>(webhooksKey, (known) => known && addMade(known, shown));
    void queries.invalidateQueries({ queryKey: webhooksKey, exact: true });
    setShown(null);
  };
  const isFull = webhooks.length >= MOST_WEBHOOKS;
  return (
    <Page title={t("webhooks.title")} lead={t("webhooks.lead")} width="narrow">
      <Section title={t("webhooks.mine")}>
        <Problem error={problem} />
        {list.isSuccess && webhooks.length === 0 && <p>{t("webhooks.none")}</p>}
        <Rows>
          {webhooks.map((webhook) => (
            <WebhookRow key={webhook.webhookId} webhook={webhook} onSecret={setShown} />
          ))}
        </Rows>
      </Section>
      {/* It comes with the list, which would move it. */}
      {(!list.isPending || problem !== null) && (
        <Section title={t("webhooks.new")}>
          {isFull ? (
            <p>{t("webhooks.full", { count: MOST_WEBHOOKS })}</p>
          ) : (
            <NewWebhook onSecret={setShown} />
          )}
        </Section>
      )}
      <SecretDialog shown={shown} onClose={close} />
    </Page>
  );
}
