import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import type { Delivery, Webhook } from "./webhooks";
import { WebhooksPage } from "./webhooks-page";

const WEBHOOK: Webhook = {
  webhookId: "8d5a3f0b-2c47-4c1e-b7de-3f0a6d1f2b44",
  url: "https://hooks.example.com/spotter",
  events: ["task.succeeded"],
  status: "active",
  createdAt: "2026-11-22T12:00:00Z",
  lastSuccessAt: null,
  failingSince: null,
  lastError: null,
  nextTryAt: null,
  previousSecretUntil: null,
};
const DELIVERY: Delivery = {
  deliveryId: "019aabcd-1e5c-7a3f-9c41-0d2f6b8e5a17",
  event: "task.failed",
  url: WEBHOOK.url,
  status: "failed",
  createdAt: "2026-11-22T12:00:00Z",
  nextTryAt: null,
  finishedAt: "2026-11-23T12:00:00Z",
  body: '{"type":"task.failed"}',
  attempts: [
    { at: "2026-11-22T12:00:01Z", milliseconds: 84, status: 500, error: null, answer: "oh no" },
  ],
};
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** An API with these webhooks. Returns what it was asked, in order. */
function serve(first: Webhook[] = []) {
  let webhooks = first;
  const asked: unknown[] = [];
  const path = `${API}/webhooks/:webhookId`;
  server.use(
    http.get(`${API}/webhooks`, () => HttpResponse.json({ webhooks })),
    http.post(`${API}/webhooks`, async ({ request }) => {
      asked.push(await request.json());
      webhooks = [WEBHOOK];
      return HttpResponse.json({ ...WEBHOOK, secret: SECRET }, { status: 201 });
    }),
    http.post(`${path}/secret`, () =>
      HttpResponse.json({
        ...WEBHOOK,
        secret: SECRET,
        previousSecretUntil: "2026-12-01T12:00:00Z",
      }),
    ),
    http.post(`${path}/test`, () => {
      asked.push("test");
      return HttpResponse.json({ deliveryId: DELIVERY.deliveryId }, { status: 202 });
    }),
    http.get(`${path}/deliveries`, () =>
      HttpResponse.json({ deliveries: [DELIVERY], nextCursor: null }),
    ),
    http.post(`${path}/deliveries/:deliveryId/redeliver`, ({ params }) => {
      asked.push(params.deliveryId);
      return HttpResponse.json({ deliveryId: DELIVERY.deliveryId }, { status: 202 });
    }),
    http.delete(path, () => {
      webhooks = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return asked;
}

const press = (name: string | RegExp) => userEvent.click(screen.getByRole("button", { name }));

test("the secret of a new webhook is shown once", async () => {
  const asked = serve();
  await renderPart(<WebhooksPage />);
  expect(await screen.findByText("You have no webhooks yet.")).toBeVisible();

  await userEvent.type(screen.getByLabelText("Address"), WEBHOOK.url);
  await userEvent.click(screen.getByRole("checkbox", { name: "A file to download is finished" }));
  await press("Create webhook");

  expect(await screen.findByDisplayValue(SECRET)).toBeVisible();
  expect(asked).toEqual([
    { url: WEBHOOK.url, events: ["task.succeeded", "task.failed", "export.finished"] },
  ]);
  // Nothing moves behind the dialog.
  expect(screen.queryByText(WEBHOOK.url)).toBeNull();
  await press("Done");
  await waitFor(() => {
    expect(screen.queryByDisplayValue(SECRET)).toBeNull();
  });
  expect(screen.getByText(WEBHOOK.url)).toBeVisible();
});

test("a new webhook does not stand for a list that could not be loaded", async () => {
  const other = { ...WEBHOOK, webhookId: "another", url: "https://other.example.com/" };
  serve();
  server.use(
    http.get(`${API}/webhooks`, () => HttpResponse.json({ code: "no" }, { status: 400 }), {
      once: true,
    }),
    http.get(`${API}/webhooks`, () => HttpResponse.json({ webhooks: [other, WEBHOOK] })),
  );
  await renderPart(<WebhooksPage />);
  await userEvent.type(await screen.findByLabelText("Address"), WEBHOOK.url);
  await press("Create webhook");
  await screen.findByDisplayValue(SECRET);

  await press("Done");

  expect(await screen.findByText(other.url)).toBeVisible();
  expect(screen.getByText(WEBHOOK.url)).toBeVisible();
});

test("an address that cannot be called says so at its field", async () => {
  serve();
  server.use(
    http.post(`${API}/webhooks`, () =>
      HttpResponse.json({ code: "invalid_request" }, { status: 422 }),
    ),
  );
  await renderPart(<WebhooksPage />);
  await userEvent.type(await screen.findByLabelText("Address"), "https://10.0.0.1/");

  await press("Create webhook");

  expect(await screen.findByText(/This address cannot be called/)).toBeVisible();
  expect(screen.getByLabelText("Address")).toBeInvalid();
});

test("a test opens the deliveries, and one that failed is sent again", async () => {
  const asked = serve([WEBHOOK]);
  await renderPart(<WebhooksPage />);
  await screen.findByText(WEBHOOK.url);

  await press("Send a test");
  expect(await screen.findByText(/^Failed/)).toBeVisible();
  await userEvent.click(screen.getByText("What was sent, and 1 call"));
  expect(screen.getByText(/500 \(84 ms\)/)).toBeVisible();
  expect(screen.getByText("oh no")).toBeVisible();
  await press("Send again");

  await waitFor(() => {
    expect(asked).toEqual(["test", DELIVERY.deliveryId]);
  });
});

test("a new secret leaves the old one a day", async () => {
  serve([WEBHOOK]);
  await renderPart(<WebhooksPage />);
  await screen.findByText(WEBHOOK.url);

  await press("New secret");

  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText(/stays valid for one day/)).toBeVisible();
  expect(within(dialog).getByDisplayValue(SECRET)).toBeVisible();
});

test("a webhook says why it is off, and is deleted after a question", async () => {
  serve([{ ...WEBHOOK, status: "disabled", lastError: "The receiver refused the connection." }]);
  await renderPart(<WebhooksPage />);

  expect(await screen.findByText(/The receiver refused the connection\./)).toBeVisible();
  await press("Delete webhook");
  await press("Keep it");
  await press("Delete webhook");
  await press("Delete webhook");

  expect(await screen.findByText("You have no webhooks yet.")).toBeVisible();
});
