import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { Defaults } from "@/lib/defaults";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { AccountPage } from "./account-page";

const ADDRESS = `${API}/account/defaults`;
const PLACE = /Remove place and camera/;
const CLOSER = /Look closer at every photo/;

let shared: (boolean | null)[] = [];

beforeEach(() => {
  shared = [null];
  const show = () => HttpResponse.json({ corrections: shared.at(-1) ?? null, chosenAt: null });
  server.use(
    http.get(`${API}/account/sharing`, show),
    http.put(`${API}/account/sharing`, async ({ request }) => {
      shared.push(((await request.json()) as { corrections: boolean }).corrections);
      return show();
    }),
  );
});

/** An API that keeps what is chosen. */
function serve(chosen: Defaults): Defaults[] {
  const stored = [chosen];
  server.use(
    http.get(ADDRESS, () => HttpResponse.json(stored.at(-1))),
    http.put(ADDRESS, async ({ request }) => {
      stored.push((await request.json()) as Defaults);
      return HttpResponse.json(stored.at(-1));
    }),
  );
  return stored;
}

test("place and camera are removed until the user chooses otherwise, for the whole account", async () => {
  const stored = serve({ stripMetadata: null, detail: null });
  await renderPart(<AccountPage />);
  const place = await screen.findByRole("switch", { name: PLACE });
  await waitFor(() => {
    expect(place).toBeEnabled();
  });
  expect(place).toBeChecked();

  await userEvent.click(place);

  await waitFor(() => {
    expect(stored.at(-1)).toEqual({ stripMetadata: false, detail: null });
  });
  expect(place).not.toBeChecked();
});

test("one choice does not change the other", async () => {
  const stored = serve({ stripMetadata: false, detail: null });
  await renderPart(<AccountPage />);
  const closer = await screen.findByRole("switch", { name: CLOSER });
  await waitFor(() => {
    expect(closer).toBeEnabled();
  });

  await userEvent.click(closer);

  await waitFor(() => {
    expect(stored.at(-1)).toEqual({ stripMetadata: false, detail: "fine" });
  });
});

test("two quick choices are stored one after the other, and the last one stays", async () => {
  const stored = serve({ stripMetadata: true, detail: "fast" });
  const answers: (() => void)[] = [];
  server.use(
    http.put(ADDRESS, async ({ request }) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      stored.push((await request.json()) as Defaults);
      return HttpResponse.json(stored.at(-1));
    }),
  );
  await renderPart(<AccountPage />);
  const place = await screen.findByRole("switch", { name: PLACE });
  await waitFor(() => {
    expect(place).toBeEnabled();
  });

  await userEvent.click(place);
  await userEvent.click(screen.getByRole("switch", { name: CLOSER }));
  await waitFor(() => {
    expect(screen.getByRole("switch", { name: CLOSER })).toBeChecked();
  });
  expect(answers).toHaveLength(1);
  answers[0]?.();

  await waitFor(() => {
    expect(answers).toHaveLength(2);
  });
  answers[1]?.();
  await waitFor(() => {
    expect(stored.slice(1)).toEqual([
      { stripMetadata: false, detail: "fast" },
      { stripMetadata: false, detail: "fine" },
    ]);
  });
});

test("a choice that was not stored is shown as it is stored", async () => {
  serve({ stripMetadata: true, detail: "fast" });
  server.use(
    http.put(ADDRESS, () => HttpResponse.json({ code: "service_unavailable" }, { status: 503 })),
  );
  await renderPart(<AccountPage />);
  const place = await screen.findByRole("switch", { name: PLACE });
  await waitFor(() => {
    expect(place).toBeEnabled();
  });

  await userEvent.click(place);

  expect(await screen.findByRole("alert")).toBeVisible();
  await waitFor(() => {
    expect(place).toBeChecked();
  });
});

test("corrected photos are shared only while the user says so", async () => {
  serve({ stripMetadata: null, detail: null });
  await renderPart(<AccountPage />);
  const share = await screen.findByRole("switch", { name: /Let operators measure/ });
  await waitFor(() => {
    expect(share).toBeEnabled();
  });
  expect(share).not.toBeChecked();

  await userEvent.click(share);
  await waitFor(() => {
    expect(shared).toEqual([null, true]);
  });
  await userEvent.click(share);

  await waitFor(() => {
    expect(shared).toEqual([null, true, false]);
  });
});
