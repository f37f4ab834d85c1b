import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { Route, Routes } from "react-router";
import { beforeEach, expect, test } from "vitest";

import type { Draft } from "@/lib/corrections";
import type { Task } from "@/lib/tasks";
import { buildLabel, buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { inLanguage, renderPart } from "@/testing/services";

import { ResultPage } from "../result-page";

const FOUND = buildTask({
  labels: [buildLabel("dog", 97, { boxes: [97] }), buildLabel("ball", 60)],
});

let sent: (Draft & { revision: number })[] = [];
let stored: Task = FOUND;

/** Corrects as the API does. */
function correct(task: Task, said: Draft): Task {
  const found = task.corrections?.foundLabels ?? task.labels;
  const names = new Map(said.renamed.map(({ from, to }) => [from, to]));
  const labels = found
    .filter(({ name }) => !said.removed.includes(name))
    .map((label) => {
      const name = names.get(label.name);
      return name === undefined ? label : { ...label, name, confidence: 100 };
    });
  const revision = (task.corrections?.revision ?? 0) + 1;
  const corrections = { ...said, revision, correctedAt: task.createdAt, foundLabels: found };
  return {
    ...task,
    labels: [...labels, ...said.added.map((name) => buildLabel(name, 100))],
    corrections,
  };
}

beforeEach(() => {
  sent = [];
  stored = FOUND;
  let shares: boolean | null = null;
  server.use(
    http.get(`${API}/results/:taskId/similar`, () => HttpResponse.json({ similar: [] })),
    http.get(`${API}/results/:taskId`, () => HttpResponse.json(stored)),
    http.put(`${API}/results/:taskId/corrections`, async ({ request }) => {
      const { revision, ...said } = (await request.json()) as Draft & { revision: number };
      sent.push({ ...said, revision });
      stored = correct(stored, said);
      return HttpResponse.json(stored);
    }),
    http.get(`${API}/account/sharing`, () =>
      HttpResponse.json({ corrections: shares, chosenAt: null }),
    ),
    http.put(`${API}/account/sharing`, async ({ request }) => {
      shares = ((await request.json()) as { corrections: boolean }).corrections;
      return HttpResponse.json({ corrections: shares, chosenAt: FOUND.createdAt });
    }),
  );
});

const open = () =>
  renderPart(
    <Routes>
      <Route path="/results/:taskId" element={<ResultPage />} />
    </Routes>,
    `/results/${FOUND.taskId}`,
  );

const press = async (name: string) => {
  await userEvent.click(await screen.findByRole("button", { name }));
};

test("a wrong label is renamed by keyboard, and the page says what was found", async () => {
  await open();
  const edit = await screen.findByRole("button", { name: "Correct dog" });
  edit.focus();

  await userEvent.keyboard("{Enter}");
  await userEvent.keyboard("wolf{Enter}");

  const corrected = await screen.findByRole("region", { name: "Corrected by you" });
  expect(within(corrected).getByText("wolf instead of dog")).toBeVisible();
  expect(screen.getByText("Corrected by you. Spotter found: dog")).toBeVisible();
  expect(sent).toEqual([
    { removed: [], renamed: [{ from: "dog", to: "wolf" }], added: [], revision: 0 },
  ]);
  await waitFor(() => {
    expect(screen.getByRole("heading", { name: "Corrected by you" })).toHaveFocus();
  });
  expect(within(screen.getByRole("log")).getByText("wolf instead of dog")).toBeInTheDocument();
});

test("a label that is not in the photo goes, and comes back on request", async () => {
  await open();
  await press("Correct ball");
  await press("Not in this photo");
  await waitFor(() => {
    expect(screen.queryByRole("button", { name: "Correct ball" })).toBeNull();
  });

  await press("Undo: ball is not in this photo");

  expect(await screen.findByRole("button", { name: "Correct ball" })).toBeVisible();
  expect(sent.map(({ removed, revision }) => [removed, revision])).toEqual([
    [["ball"], 0],
    [[], 1],
  ]);
});

test("what is missing is added by its name in the user's language", async () => {
  await inLanguage("de");
  await open();
  await press("Ergänzen, was fehlt");
  const input = screen.getByRole("combobox", { name: "Was ist noch auf dem Foto?" });
  expect(input).toHaveFocus();

  await userEvent.type(input, "Fahrr");
  await userEvent.click(await screen.findByRole("option", { name: "Fahrrad" }));

  await waitFor(() => {
    expect(sent.map(({ added }) => added)).toEqual([["bicycle"]]);
  });
});

test.each([
  ["Correct dog", "What is it, if not dog?"],
  ["Add what is missing", "What else is in this photo?"],
])("escape closes the question and brings the focus back: %s", async (button, question) => {
  await open();
  await press(button);
  expect(screen.getByRole("combobox", { name: question })).toHaveFocus();

  await userEvent.keyboard("{Escape}");

  expect(screen.queryByRole("combobox", { name: question })).toBeNull();
  expect(screen.getByRole("button", { name: button })).toHaveFocus();
});

test("a name that no search could find is refused at its field", async () => {
  await open();
  await press("Add what is missing");

  await userEvent.type(screen.getByRole("combobox"), "🐶!");

  expect(screen.getByText("Use at least one letter or digit.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Add" })).toBeDisabled();
  await userEvent.type(screen.getByRole("combobox"), " Rex");
  expect(screen.getByRole("button", { name: "Add" })).toBeEnabled();
});

test("whether operators may use the photo is asked once", async () => {
  await open();
  await press("Correct ball");
  await press("Not in this photo");

  await press("Yes, they may");

  await waitFor(() => {
    expect(screen.queryByRole("button", { name: "Yes, they may" })).toBeNull();
  });
});

test("a correction that was refused says why, and the page shows what is stored", async () => {
  server.use(
    http.put(`${API}/results/:taskId/corrections`, () => {
      stored = correct(FOUND, { removed: ["ball"], renamed: [], added: [] });
      return HttpResponse.json({ code: "corrections_changed" }, { status: 409 });
    }),
  );
  await open();
  await press("Correct ball");

  await press("Not in this photo");

  expect(await screen.findByText(/corrected somewhere else in the meantime/)).toBeVisible();
  expect(await screen.findByRole("button", { name: /^Undo: ball/ })).toBeVisible();
});
