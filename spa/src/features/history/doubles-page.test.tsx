import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import type { Task } from "@/lib/tasks";
import { buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import { DoublesPage } from "./doubles-page";

const build = (taskId: string, width: number, day: number): Task =>
  buildTask({
    taskId,
    fileName: `${taskId}.jpg`,
    createdAt: `2026-11-0${day}T12:00:00Z`,
    image: { ...buildTask().image, width, height: 600 },
  });
const small = build("small", 400, 3);
const large = build("large", 800, 2);
const oldest = build("oldest", 400, 1);
const cup = build("cup", 400, 5);
const sameCup = build("same-cup", 400, 4);

beforeEach(() => {
  localStorage.clear();
});

async function open(...groups: Task[][]) {
  server.use(
    http.get(`${API}/results/doubles`, () =>
      HttpResponse.json({
        groups: groups.map((results) => ({ groupId: results.at(-1)?.taskId, results })),
        nextCursor: null,
      }),
    ),
  );
  return renderPart(<DoublesPage />);
}

const findGroup = (name: string) => screen.findByRole("group", { name });
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

test("the largest photo of a group is kept, and the others are removed with one click", async () => {
  const { services } = await open([small, large, oldest]);

  const group = within(await findGroup("3 photos that look the same"));
  expect(group.getByRole("radio", { name: "Keep large.jpg" })).toBeChecked();
  await press("Keep this one, remove 2 others");

  expect([...services.deletions.state]).toEqual(["small", "oldest"]);
  expect(await screen.findByText("You have no photo twice.")).toBeVisible();
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  expect(await findGroup("3 photos that look the same")).toBeVisible();
});

test("another photo can be chosen by keyboard", async () => {
  const { services } = await open([small, large]);

  const group = within(await findGroup("2 photos that look the same"));
  group.getByRole("radio", { name: "Keep large.jpg" }).focus();
  await userEvent.keyboard("{ArrowUp}");
  await press("Keep this one, remove the other");

  expect([...services.deletions.state]).toEqual(["large"]);
});

test("a group that is kept goes away and stays away", async () => {
  const first = await open([small, large]);

  await findGroup("2 photos that look the same");
  await press("Keep all");

  expect(await screen.findByText("You have no photo twice.")).toBeVisible();
  expect(first.services.deletions.state.size).toBe(0);
  expect(localStorage.getItem("spotter.kept")).toContain("large");
});

test("the others of all groups are removed at once", async () => {
  const { services } = await open([small, large], [cup, sameCup]);

  await screen.findByRole("button", { name: "Remove all 2 others" });
  await press("Remove all 2 others");

  // Of photos of the same size the oldest one stays.
  expect([...services.deletions.state]).toEqual(["small", "cup"]);
  await waitFor(() => {
    expect(screen.queryByRole("group")).toBeNull();
  });
});
