import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import type { ApiKey, UsageDay } from "./keys";
import { KeysPage } from "./keys-page";

const KEY: ApiKey = {
  keyId: "5d3b7c1e-94a2-4f06-8f11-6f0a3a7f2c55",
  name: "shop server",
  prefix: "spk_XTt8HpSi",
  scopes: ["read"],
  createdAt: "2026-11-22T12:00:00Z",
  endsAt: null,
  dailyLimit: 50,
  lastUsedAt: null,
};
const SECRET = "spk_XTt8HpSiTwaPEW8KOn8s";
const EMPTY = { photos: 0, megapixels: 0, bytes: 0, estimatedUsd: 0, refused: 0, byKey: [] };

/** Thirty days, of which the last one has what was sent. */
function buildDays(last: Partial<UsageDay> = {}): UsageDay[] {
  return Array.from({ length: 30 }, (_, index) => ({
    ...EMPTY,
    day: `2026-11-${String(index + 1).padStart(2, "0")}`,
    ...(index === 29 ? last : {}),
  }));
}

/** An API with these keys, which makes and revokes keys. */
function serve(first: ApiKey[] = [], days = buildDays()) {
  let keys = first;
  const asked: unknown[] = [];
  server.use(
    http.get(`${API}/keys`, () => HttpResponse.json({ keys })),
    http.post(`${API}/keys`, async ({ request }) => {
      asked.push(await request.json());
      keys = [KEY, ...keys];
      return HttpResponse.json({ ...KEY, key: SECRET }, { status: 201 });
    }),
    http.delete(`${API}/keys/:keyId`, ({ params }) => {
      keys = keys.filter((key) => key.keyId !== params.keyId);
      return new HttpResponse(null, { status: 204 });
    }),
    http.get(`${API}/usage`, () =>
      HttpResponse.json({ limits: [], unfinished: { count: 0, most: 100 }, refused: [], days }),
    ),
  );
  return asked;
}

const press = (name: string | RegExp) => userEvent.click(screen.getByRole("button", { name }));

test("a new key is shown once", async () => {
  const asked = serve();
  await renderPart(<KeysPage />);
  expect(await screen.findByText("You have no keys yet.")).toBeVisible();

  await press("Make a key");
  const dialog = await screen.findByRole("dialog", { name: "Make a key" });
  await userEvent.type(within(dialog).getByLabelText("Name"), "shop server");
  await userEvent.click(within(dialog).getByRole("radio", { name: "Read only" }));
  await userEvent.type(within(dialog).getByLabelText(/Photos a day/), "50");
  await userEvent.click(within(dialog).getByRole("button", { name: "Make a key" }));

  expect(await screen.findByDisplayValue(SECRET)).toBeVisible();
  expect(asked).toEqual([{ name: "shop server", scopes: ["read"], endsAt: null, dailyLimit: 50 }]);
  await press("Done");
  await waitFor(() => {
    expect(screen.queryByDisplayValue(SECRET)).toBeNull();
  });
  expect(screen.getByText("Read only · 50 photos a day · never used")).toBeVisible();
});

test("a key is revoked after a question", async () => {
  serve([KEY]);
  await renderPart(<KeysPage />);
  expect(await screen.findByText("shop server")).toBeVisible();

  await press("Revoke shop server");
  await press("Keep it");
  expect(screen.getByText("shop server")).toBeVisible();
  await press("Revoke shop server");
  await press("Revoke");

  expect(await screen.findByText("You have no keys yet.")).toBeVisible();
});

test("nobody can make an eleventh key", async () => {
  serve(Array.from({ length: 10 }, (_, index) => ({ ...KEY, keyId: `${index}` })));
  await renderPart(<KeysPage />);

  expect(await screen.findByText(/You have 10 keys/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Make a key" })).toBeDisabled();
});

test("a key that was not made keeps the dialog and says why", async () => {
  serve();
  server.use(
    http.post(`${API}/keys`, () => HttpResponse.json({ code: "too_many_keys" }, { status: 409 })),
  );
  await renderPart(<KeysPage />);
  await press("Make a key");
  const dialog = await screen.findByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText("Name"), "a");

  await userEvent.click(within(dialog).getByRole("button", { name: "Make a key" }));

  expect(await within(dialog).findByText("You have ten keys. Revoke one first.")).toBeVisible();
});

test("the last days are drawn and added up, with the share of each key", async () => {
  const byKey = [
    { keyId: KEY.keyId, photos: 2, megapixels: 4, bytes: 2_000_000, estimatedUsd: 0.0002 },
    { keyId: "gone", photos: 1, megapixels: 2, bytes: 1_000_000, estimatedUsd: 0.0001 },
  ];
  const last = { photos: 5, megapixels: 10, bytes: 5_000_000, refused: 3, estimatedUsd: 0.0007 };
  serve([KEY], buildDays({ ...last, byKey }));
  await renderPart(<KeysPage />);

  const chart = await screen.findByRole("img", { name: /at most 5 in one day/ });
  expect(chart.querySelectorAll("rect")).toHaveLength(30);
  expect(screen.getByText("5 MB")).toBeVisible();
  expect(screen.getByText("$0.0007")).toBeVisible();
  const rows = screen.getAllByRole("row").map((row) => row.textContent);
  expect(rows.slice(1)).toEqual(["shop server2", "Revoked key1"]);
});
