import { queryOptions } from "@tanstack/react-query";

import type { Api } from "@/lib/api";
import type { TextKey } from "@/lib/i18n";
import type {
  Delivery,
  DeliveryList,
  Webhook,
  WebhookList,
  WebhookRequest,
  WebhookSecret,
} from "@client";

export type { Delivery, Webhook, WebhookRequest, WebhookSecret } from "@client";

/** The API takes no more. */
export const MOST_WEBHOOKS = 5;

const POLL_MS = 2_000;
const SHOWN = 20;

/** Each event with the key of its name. */
export const EVENTS = {
  "task.succeeded": "webhooks.onSuccess",
  "task.failed": "webhooks.onFailure",
  "export.finished": "webhooks.onExport",
} as const satisfies Record<WebhookRequest["events"][number], TextKey>;

export const webhooksKey = ["webhooks"] as const;
const buildDeliveriesKey = (webhookId: string) => [...webhooksKey, webhookId] as const;

export const webhooksQuery = (api: Api) =>
  queryOptions({
    queryKey: webhooksKey,
    queryFn: async ({ signal }): Promise<Webhook[]> => {
      const { data } = await api.GET("/webhooks", { signal });
      return (data as WebhookList).webhooks;
    },
  });

/** The newest deliveries. Asks again while one of them waits. */
export const deliveriesQuery = (api: Api, webhookId: string) =>
  queryOptions({
    queryKey: buildDeliveriesKey(webhookId),
    queryFn: async ({ signal }): Promise<Delivery[]> => {
      const params = { path: { webhookId }, query: { limit: SHOWN } };
      const { data } = await api.GET("/webhooks/{webhookId}/deliveries", { params, signal });
      return (data as DeliveryList).deliveries;
    },
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === "waiting") ? POLL_MS : false,
  });

/** Create a webhook. The answer has its secret, once. */
export async function createWebhook(api: Api, wanted: WebhookRequest): Promise<WebhookSecret> {
  const { data } = await api.POST("/webhooks", { body: wanted });
  return data as WebhookSecret;
}

/** The list with a webhook that was just created. Its secret is not kept. */
export function addMade(list: Webhook[], made: WebhookSecret | null): Webhook[] {
  if (!made || list.some(({ webhookId }) => webhookId === made.webhookId)) return list;
  const webhook = { ...made, secret: "" };
  return [...list, webhook];
}

/** Make a new secret. The answer has it, once. */
export async function rotateSecret(api: Api, webhookId: string): Promise<WebhookSecret> {
  const params = { path: { webhookId } };
  const { data } = await api.POST("/webhooks/{webhookId}/secret", { params });
  return data as WebhookSecret;
}

export async function sendTest(api: Api, webhookId: string): Promise<void> {
  await api.POST("/webhooks/{webhookId}/test", { params: { path: { webhookId } } });
}

export async function deleteWebhook(api: Api, webhookId: string): Promise<void> {
  await api.DELETE("/webhooks/{webhookId}", { params: { path: { webhookId } } });
}

export async function sendAgain(api: Api, webhookId: string, deliveryId: string): Promise<void> {
  const params = { path: { webhookId, deliveryId } };
  await api.POST("/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver", { params });
}
