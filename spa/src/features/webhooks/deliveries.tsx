import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { Problem, useProblem } from "@/components/problem";
import { Row, Rows } from "@/components/rows";
import { useFormat, useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import { deliveriesQuery, type Delivery, sendAgain, webhooksKey } from "./webhooks";
import classes from "./webhooks-page.module.css";

const STATES = {
  waiting: "webhooks.isWaiting",
  delivered: "webhooks.isDelivered",
  failed: "webhooks.hasFailed",
} as const;

/** What was sent to a webhook in the last days, what it answered, and the next try. */
export function Deliveries({ webhookId }: { webhookId: string }) {
  const { t } = useTranslation();
  const list = useQuery(deliveriesQuery(useApi(), webhookId));
  const problem = useProblem(list);
  return (
    <div className={classes.deliveries}>
      <Problem error={problem} />
      {list.data?.length === 0 && <p>{t("webhooks.nothingSent")}</p>}
      <Rows>
        {list.data?.map((delivery) => (
          <DeliveryRow key={delivery.deliveryId} webhookId={webhookId} delivery={delivery} />
        ))}
      </Rows>
    </div>
  );
}

function DeliveryRow({ webhookId, delivery }: { webhookId: string; delivery: Delivery }) {
  const { t } = useTranslation();
  const format = useFormat();
  const again = useSendAgain(webhookId, delivery.deliveryId);
  const { attempts, nextTryAt } = delivery;
  return (
    <Row
      about={
        <>
          <code>{delivery.event}</code>
          <span data-is-bad={delivery.status === "failed" || undefined}>
            {t(STATES[delivery.status])} · {format.dateTime(delivery.createdAt)}
            {nextTryAt && ` · ${t("webhooks.nextTry", { when: format.ago(nextTryAt) })}`}
          </span>
          <details className={classes.details}>
            <summary>{t("webhooks.details", { count: attempts.length })}</summary>
            <pre>{delivery.body}</pre>
            {attempts.map((attempt) => (
              <p key={attempt.at}>
                {format.dateTime(attempt.at)}: {attempt.error ?? attempt.status} (
                {attempt.milliseconds} ms) <code>{attempt.answer}</code>
              </p>
            ))}
          </details>
          <Problem error={again.error} />
        </>
      }
    >
      <Button
        variant="default"
        size="compact-md"
        loading={again.isPending}
        onClick={() => {
          again.mutate();
        }}
      >
        {t("webhooks.again")}
      </Button>
    </Row>
  );
}

function useSendAgain(webhookId: string, deliveryId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => sendAgain(api, webhookId, deliveryId),
    onSuccess: () => queries.invalidateQueries({ queryKey: webhooksKey }),
  });
}
