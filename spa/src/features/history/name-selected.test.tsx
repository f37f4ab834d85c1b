import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test, vi } from "vitest";

import { historyKey } from "@/lib/tasks";
import { buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { NameSelected } from "./name-selected";

const TASKS = ["one", "two", "three", "four", "five", "six"].map((taskId) => buildTask({ taskId }));

let named: string[] = [];
let refused: string[] = [];
let revisions: number[] = [];

const build = (added: string[], revision: number) => ({
  removed: [],
  renamed: [],
  added,
  revision,
  correctedAt: "2026-11-22T12:00:00Z",
  foundLabels: [],
});

beforeEach(() => {
  named = [];
  refused = [];
  revisions = [];
  server.use(
    http.put(`${API}/results/:taskId/corrections`, async ({ request, params }) => {
      const taskId = String(params.taskId);
      if (refused.includes(taskId)) {
        return HttpResponse.json({ code: "corrections_changed" }, { status: 409 });
      }
      const sent = (await request.json()) as { added: string[]; revision: number };
      expect(Object.keys(sent).sort()).toEqual(["added", "removed", "renamed", "revision"]);
      const { added, revision } = sent;
      named.push(`${taskId}: ${added.join()}`);
      revisions.push(revision);
      return HttpResponse.json(buildTask({ taskId, corrections: build(added, revision + 1) }));
    }),
  );
});

async function name(tasks = TASKS) {
  const onDone = vi.fn();
  const { queries } = await renderPart(<NameSelected tasks={tasks} onDone={onDone} />);
  queries.setQueryData(historyKey, { pages: [], pageParams: [] });
  await userEvent.click(screen.getByRole("button", { name: "Add a label" }));
  const input = screen.getByRole("combobox", { name: "What is in all of these photos?" });
  await userEvent.type(input, "Rex{Enter}");
  return { onDone, queries };
}

test("all selected photos get the name", async () => {
  const { onDone } = await name();

  await waitFor(() => {
    expect(onDone).toHaveBeenCalledOnce();
  });
  expect(named.sort()).toEqual(TASKS.map(({ taskId }) => `${taskId}: Rex`).sort());
  expect(await screen.findByText("Rex added to 6 photos.")).toBeVisible();
});

test("one press takes the name back from all of them", async () => {
  const before = buildTask({ taskId: "one", corrections: build(["grass"], 3) });
  await name([before, buildTask({ taskId: "two" })]);

  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));

  await waitFor(() => {
    expect(named).toHaveLength(4);
  });
  expect(named.slice(2).sort()).toEqual(["one: grass", "two: "]);
  expect(revisions.sort()).toEqual([0, 1, 3, 4]);
  expect(await screen.findByText("Taken back: Rex")).toBeInTheDocument();
});

test("photos that were not named stay selected, and the page says why", async () => {
  refused = ["two"];
  const { onDone, queries } = await name();

  expect(await screen.findByText("Rex added to 5 photos.")).toBeVisible();
  expect(await screen.findByText(/corrected somewhere else in the meantime/)).toBeVisible();
  expect(onDone).not.toHaveBeenCalled();
  expect(queries.getQueryState(historyKey)?.isInvalidated).toBe(true); // A second try needs it
});

test("photos without a result are left out", async () => {
  const failed = buildTask({ taskId: "failed", status: "failed", labels: [] });
  const { onDone } = await name([...TASKS.slice(0, 2), failed]);

  await waitFor(() => {
    expect(onDone).toHaveBeenCalledOnce();
  });
  expect(named).toHaveLength(2);
});

test("cancelling brings the focus back to the button", async () => {
  await renderPart(<NameSelected tasks={TASKS} onDone={vi.fn()} />);
  await userEvent.click(screen.getByRole("button", { name: "Add a label" }));

  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));

  expect(screen.getByRole("button", { name: "Add a label" })).toHaveFocus();
});
