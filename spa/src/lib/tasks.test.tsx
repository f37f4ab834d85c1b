import { type Query, QueryObserver } from "@tanstack/react-query";
import { http, HttpResponse } from "msw";
import { expect, test, vi } from "vitest";

import { buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { buildServices } from "@/testing/services";

import { getPollInterval, isFinished, type Task, taskQuery } from "./tasks";

test("polling starts fast and slows down to a limit", () => {
  const intervals = [0, 1, 2, 5, 50].map(getPollInterval);

  expect(intervals[0]).toBeLessThan(500);
  expect(intervals).toEqual([...intervals].sort((a, b) => a - b));
  expect(intervals.at(-1)).toBe(5_000);
});

test.each([
  ["queued", false],
  ["processing", false],
  ["succeeded", true],
  ["failed", true],
  ["expired", true],
] as const)("a task that is %s is finished: %s", (status, finished) => {
  expect(isFinished(buildTask({ status }))).toBe(finished);
});

/** The next poll interval of a task after the API answered with `status`; false if polling ends. */
async function findInterval(status: number) {
  const { services, queries } = await buildServices();
  const answer = status === 200 ? buildTask({ status: "queued" }) : { code: "some_code" };
  server.use(http.get(`${API}/results/:taskId`, () => HttpResponse.json(answer, { status })));
  const options = taskQuery(services, "task-1");
  const stop = new QueryObserver(queries, options).subscribe(() => undefined);
  const query = queries.getQueryCache().find({ queryKey: options.queryKey });
  await vi.waitFor(() => {
    expect((query?.state.dataUpdateCount ?? 0) + (query?.state.errorUpdateCount ?? 0)).toBe(1);
  });
  stop();
  const { refetchInterval } = options;
  return typeof refetchInterval === "function" && query
    ? refetchInterval(query as unknown as Query<Task, Error, Task, readonly ["tasks", string]>)
    : undefined;
}

test.each([404, 422, 403])(
  "a task that the API refuses with %i is not asked for again",
  async (status) => {
    expect(await findInterval(status)).toBe(false);
  },
);

test.each([200, 429, 503])(
  "after a %i the task is asked for again, later each time",
  async (status) => {
    expect(await findInterval(status)).toBeGreaterThan(getPollInterval(0));
  },
);
