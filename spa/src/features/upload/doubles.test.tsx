import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import { buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { renderPart } from "@/testing/services";

import type { Member } from "./batch";
import { DoubleMark, DoublesWatch, RemoveDoubles } from "./doubles";
import { createItem } from "./upload-item";

/** The page waits 3 s, so that the index has the photo. */
const ASKED_MS = 8_000;

const EARLIER = buildTask({ taskId: "earlier", createdAt: "2026-11-01T12:00:00Z" });
const build = (taskId: string) =>
  buildTask({ taskId, fileName: `${taskId}.jpg`, createdAt: "2026-11-22T12:00:00Z" });
const [DOG, CUP, CAT] = [build("dog"), build("cup"), build("cat")] as const;

beforeEach(() => {
  localStorage.clear();
});

/** Show a visit. Of its photos the user had these already. */
async function visit(tasks: readonly (typeof DOG)[], doubles: readonly (typeof DOG)[]) {
  const asked: string[] = [];
  server.use(
    http.get(`${API}/results/doubles`, ({ request }) => {
      asked.push(new URL(request.url).searchParams.get("from") ?? "");
      const groups = doubles.map((task) => ({ groupId: task.taskId, results: [task, EARLIER] }));
      return HttpResponse.json({ groups, nextCursor: null });
    }),
  );
  URL.createObjectURL = () => "blob:photo";
  const asking = { features: ["labels" as const], engine: "spotter" as const, shrink: true };
  const members: Member[] = tasks.map((task) => ({
    task,
    item: { ...createItem(new File(["x"], "x.jpg"), asking), status: "sent", taskId: task.taskId },
  }));
  const { services } = await renderPart(
    <>
      <DoublesWatch members={members} />
      <RemoveDoubles members={members} />
      {tasks.map((task) => (
        <article key={task.taskId} aria-label={task.taskId}>
          <DoubleMark task={task} />
        </article>
      ))}
    </>,
  );
  return { asked, services };
}

const findMark = () =>
  screen.findByRole("button", { name: "You have this already" }, { timeout: ASKED_MS });

test("a photo that the user had is marked, and the other one can be opened", async () => {
  const { asked } = await visit([DOG, CUP], [DOG]);

  const mark = await findMark();

  expect(screen.getByRole("article", { name: "dog" })).toContainElement(mark);
  // One question for all photos of the visit
  expect(asked).toEqual(["2026-11-22T12:00:00Z"]);
  expect(screen.getByRole("log")).toHaveTextContent("You have this photo already.");
  await userEvent.click(mark);
  expect(await screen.findByRole("menuitem", { name: "Open the other one" })).toHaveAttribute(
    "href",
    "/results/earlier",
  );
});

test("Keep both takes the mark away", async () => {
  await visit([DOG], [DOG]);

  await userEvent.click(await findMark());
  await userEvent.click(await screen.findByRole("menuitem", { name: "Keep both" }));

  await waitFor(() => {
    expect(screen.queryByRole("button", { name: "You have this already" })).toBeNull();
  });
});

test("Remove this one deletes the new photo only", async () => {
  const { services } = await visit([DOG], [DOG]);

  await userEvent.click(await findMark());
  await userEvent.click(await screen.findByRole("menuitem", { name: "Remove this one" }));

  expect([...services.deletions.state]).toEqual(["dog"]);
});

test("several photos that the user had are removed at once, and it can be undone", async () => {
  const { services } = await visit([DOG, CUP, CAT], [DOG, CUP]);

  const name = "Remove 2 that you have already";
  await userEvent.click(await screen.findByRole("button", { name }, { timeout: ASKED_MS }));

  expect([...services.deletions.state]).toEqual(["dog", "cup"]);
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  expect(services.deletions.state.size).toBe(0);
});
