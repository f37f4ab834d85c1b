import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { announce } from "@/components/announcer";
import { Confirmed } from "@/components/confirmed";
import { Problem } from "@/components/problem";
import { Row } from "@/components/rows";
import { useFormat, useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { Deliveries } from "./deliveries";
import {
  deleteWebhook,
  EVENTS,
  rotateSecret,
  sendTest,
  type Webhook,
  webhooksKey,
  type WebhookSecret,
} from "./webhooks";
import classes from "./webhooks-page.module.css";

type Props = { webhook: Webhook; onSecret: (made: WebhookSecret) => void };

/** One webhook: how it is, and what can be done with it. */
export function WebhookRow({ webhook, onSecret }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const act = useActions(webhook, onSecret, () => {
    setOpen(true);
  });
  return (
    <Row
      about={
        <>
          <strong>{webhook.url}</strong>
          <span>
            {webhook.events.map((event) => t(EVENTS[event])).join(" · ") || t("webhooks.onUpload")}
          </span>
          <State webhook={webhook} />
          <Problem error={act.error} />
        </>
      }
    >
      <Confirmed
        label={t("webhooks.delete")}
        question={t("webhooks.deleteWhy")}
        yes={t("webhooks.delete")}
        no={t("webhooks.keep")}
        isPending={act.isPending}
        onYes={act.remove}
      >
        {(ask) => (
          <div className={classes.buttons}>
            <Button size="compact-md" loading={act.isPending} onClick={act.test}>
              {t("webhooks.test")}
            </Button>
            <Button
              variant="default"
              size="compact-md"
              aria-expanded={isOpen}
              onClick={() => {
                setOpen(!isOpen);
              }}
            >
              {t("webhooks.deliveries")}
            </Button>
            <Button variant="default" size="compact-md" onClick={act.rotate}>
              {t("webhooks.rotate")}
            </Button>
            <Button variant="default" size="compact-md" {...ask}>
              {t("webhooks.delete")}
            </Button>
          </div>
        )}
      </Confirmed>
      {isOpen && <Deliveries webhookId={webhook.webhookId} />}
    </Row>
  );
}

function State({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { status, failingSince, lastError, lastSuccessAt } = webhook;
  if (status === "blocked") return <span data-is-bad>{t("webhooks.isBlocked")}</span>;
  if (status === "disabled")
    return <span data-is-bad>{t("webhooks.isDisabled", { lastError })}</span>;
  if (failingSince) {
    const since = format.ago(failingSince);
    return <span data-is-bad>{t("webhooks.isFailing", { since, lastError })}</span>;
  }
  return (
    <span>
      {lastSuccessAt
        ? t("webhooks.isFine", { when: format.ago(lastSuccessAt) })
        : t("webhooks.isNew")}
    </span>
  );
}

function useActions(
  { webhookId }: Webhook,
  onSecret: (made: WebhookSecret) => void,
  onTested: () => void,
) {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: webhooksKey });
  const test = useMutation({
    mutationFn: () => sendTest(api, webhookId),
    onSuccess: async () => {
      announce(t("webhooks.tested"));
      onTested();
      await onSuccess();
    },
  });
  const rotate = useMutation({
    mutationFn: () => rotateSecret(api, webhookId),
    onSuccess: async (made) => {
      onSecret(made);
      await onSuccess();
    },
  });
  const remove = useMutation({ mutationFn: () => deleteWebhook(api, webhookId), onSuccess });
  return {
    test: () => {
      test.mutate();
    },
    rotate: () => {
      rotate.mutate();
    },
    remove: () => {
      remove.mutate();
    },
    isPending: test.isPending || remove.isPending,
    error: test.error ?? rotate.error ?? remove.error,
  };
}
