import { delay, http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import { API, server } from "@/testing/server";
import { buildServices } from "@/testing/services";

let deleted: string[];

beforeEach(() => {
  deleted = [];
  server.use(
    http.delete(`${API}/results/:taskId`, ({ params }) => {
      deleted.push(String(params.taskId));
      return new HttpResponse(null, { status: 204 });
    }),
  );
});

test("a task that is restored in time is not deleted", async () => {
  const { deletions } = (await buildServices()).services;
  deletions.hide(["1", "2"]);

  deletions.undo(["1"]);
  await deletions.commit(["1", "2"]);

  expect(deleted).toEqual(["2"]);
  expect(deletions.state.size).toBe(0);
});

test("a deletion that a reload interrupted is still hidden and still sent", async () => {
  (await buildServices()).services.deletions.hide(["1"]);

  const { deletions } = (await buildServices()).services;

  expect([...deletions.state]).toEqual(["1"]);
  await deletions.commitAll();
  expect(deleted).toEqual(["1"]);
});

test("a task that could not be deleted is shown again", async () => {
  const { deletions } = (await buildServices()).services;
  server.use(http.delete(`${API}/results/:taskId`, () => HttpResponse.json({}, { status: 500 })));
  deletions.hide(["1"]);

  await deletions.commitAll();

  expect(deletions.state.size).toBe(0);
});

test("many deletions are sent a few at a time", async () => {
  let now = 0;
  let most = 0;
  server.use(
    http.delete(`${API}/results/:taskId`, async () => {
      most = Math.max(most, ++now);
      await delay(50);
      now--;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { deletions } = (await buildServices()).services;
  deletions.hide(Array.from({ length: 20 }, (_, i) => String(i)));

  await deletions.commit();

  expect(most).toBeLessThanOrEqual(8);
  expect(deletions.state.size).toBe(0);
});
