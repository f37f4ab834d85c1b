import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { buildServices } from "@/testing/services";

import { askAgain, countRequests, isOld, type ListPage, shows } from "./list-pages";
import { historyKey, historyQuery, type Task } from "./tasks";

/** A task that is newer than all with a lower number. */
const build = (number: number, changes: Partial<Task> = {}) =>
  buildTask({
    taskId: `${number}`,
    createdAt: new Date(Date.UTC(2026, 10, 1, 0, number)).toISOString(),
    ...changes,
  });

const count = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, i) => build(from - i));

/** Answers as the API does. The cursor is the last task of the page before. */
function serve(stored: { tasks: Task[] }) {
  const asked: string[] = [];
  server.use(
    http.get(`${API}/results`, ({ request }) => {
      const { searchParams } = new URL(request.url);
      const [cursor, limit] = [searchParams.get("cursor"), Number(searchParams.get("limit"))];
      asked.push(cursor ?? "first");
      const rest = stored.tasks.filter(
        ({ taskId }) => cursor === null || Number(taskId) < Number(cursor),
      );
      const results = rest.slice(0, limit);
      const nextCursor = rest.length > limit ? results.at(-1)?.taskId : null;
      return HttpResponse.json({ results, nextCursor, notice: null });
    }),
  );
  return asked;
}

/** A list of which all pages are loaded, and a function that loads it again. */
async function load(stored: { tasks: Task[] }) {
  const asked = serve(stored);
  const { services, queries } = await buildServices();
  const query = historyQuery(services.api);
  const read = (pages?: number) =>
    queries.infiniteQuery({ ...query, staleTime: 0, ...(pages && { pages }) });
  await read(10);
  asked.length = 0;
  const list = async () =>
    (await read()).pages.flatMap(({ results }) => results.map(({ taskId }) => Number(taskId)));
  return { asked, queries, list };
}

const NUMBERS = count(400, 1).map(({ taskId }) => Number(taskId));

test("a list that is opened again asks for its first page only", async () => {
  const { asked, list } = await load({ tasks: count(400, 1) });

  expect(await list()).toEqual(NUMBERS);

  expect(asked).toEqual(["first"]);
});

test("new photos come to the first page, and no photo is lost or shown twice", async () => {
  const stored = { tasks: count(400, 1) };
  const { asked, list } = await load(stored);
  stored.tasks = count(430, 1);

  expect(await list()).toEqual([
    ...count(430, 401).map(({ taskId }) => Number(taskId)),
    ...NUMBERS,
  ]);
  expect(await list()).toHaveLength(430);

  // The first page has grown, so the second time one request is enough.
  expect(asked).toEqual(["first", "407", "first"]);
});

test("a photo that was deleted elsewhere is gone, and the next pages stay", async () => {
  const stored = { tasks: count(400, 1) };
  const { asked, list } = await load(stored);
  stored.tasks = stored.tasks.filter(({ taskId }) => taskId !== "390" && taskId !== "377");

  const shown = await list();

  expect(shown).toEqual(NUMBERS.filter((number) => number !== 390 && number !== 377));
  expect(asked).toEqual(["first"]);
});

test("a list that has become shorter ends where it ends now", async () => {
  const stored = { tasks: count(400, 1) };
  const { list } = await load(stored);
  stored.tasks = count(400, 395);

  expect(await list()).toEqual([400, 399, 398, 397, 396, 395]);
});

test("a page with a photo in work is asked for again", async () => {
  const stored = { tasks: count(400, 1) };
  stored.tasks[200] = build(200, { status: "processing" });
  const { asked, queries, list } = await load(stored);
  stored.tasks[200] = build(200);

  await list();

  expect(asked).toHaveLength(2);
  const pages = queries.getQueriesData<{ pages: ListPage[] }>({ queryKey: historyKey })[0]?.[1];
  expect(countRequests(pages?.pages ?? [])).toBe(1);
});

test("a first page that has grown counts as all the requests that it takes", () => {
  const page = { results: count(300, 1), nextCursor: null, notice: null, readAt: 1 };

  expect(countRequests([page])).toBe(4);
});

test("a page that is wanted is asked for once", async () => {
  const stored = { tasks: count(400, 1) };
  const { asked, queries, list } = await load(stored);
  stored.tasks = stored.tasks.map((task) => ({ ...task, fileName: "new.jpg" }));

  askAgain(queries, historyKey, (page) => shows(page, new Set(["100"])));
  await list();
  await list();

  expect(asked).toHaveLength(3);
  const lists = queries.getQueriesData<{ pages: ListPage[] }>({ queryKey: historyKey });
  const tasks = lists.flatMap(([, data]) => data?.pages ?? []).flatMap(({ results }) => results);
  expect(tasks.find(({ taskId }) => taskId === "100")?.fileName).toBe("new.jpg");
  expect(tasks.find(({ taskId }) => taskId === "1")?.fileName).toBe("dog.jpg");
});

test("a page is old when the addresses of its pictures end, unless it is asked for already", () => {
  const page = { results: [], nextCursor: null, notice: null, readAt: 1_000 };

  expect([isOld(page, 2_000), isOld(page, 61_000)]).toEqual([false, true]);
  expect(isOld({ ...page, readAt: 0 }, 61_000)).toBe(false);
});
