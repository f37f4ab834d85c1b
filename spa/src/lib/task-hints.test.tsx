import { QueryObserver } from "@tanstack/react-query";
import { http, HttpResponse, ws, type WebSocketHandlerConnection } from "msw";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { buildTask } from "@/testing/examples";
import { API, server } from "@/testing/server";
import { buildServices } from "@/testing/services";

import { Push } from "./push";
import { HINTED_POLL_MS, TaskHints } from "./task-hints";
import { refreshOpenTasks, type Task, taskKey, taskQuery } from "./tasks";

const ADDRESS = "ws://socket.test/live";
const live = ws.link(ADDRESS);
const TASK_ID = "task-1";

let connections: WebSocketHandlerConnection[];
let status: Task["status"];
let reads: number;
let push: Push;

beforeEach(() => {
  connections = [];
  reads = 0;
  status = "queued";
  server.use(
    live.addEventListener("connection", (connection) => connections.push(connection)),
    http.get(`${API}/results/:taskId`, () => {
      reads += 1;
      return HttpResponse.json(buildTask({ taskId: TASK_ID, status }));
    }),
  );
});
afterEach(() => {
  push.close();
});

async function follow({ isNew = false, longestWaitMs = 60_000, hasSocket = true } = {}) {
  const { services, queries } = await buildServices();
  push = new Push({
    createTicket: () =>
      hasSocket ? Promise.resolve({ ticket: "ticket", url: ADDRESS }) : Promise.reject(new Error()),
    firstRetryMs: 60_000,
    onLost: () => {
      hints.stopWaiting();
      void refreshOpenTasks(queries);
    },
  });
  const hints = new TaskHints(push, {
    longestWaitMs,
    onFinished: (taskId) => void queries.invalidateQueries({ queryKey: taskKey(taskId) }),
  });
  hints.listen();
  if (hasSocket) await push.whenOpen();
  const observer = new QueryObserver(queries, taskQuery({ ...services, hints }, TASK_ID, isNew));
  observer.subscribe(() => undefined);
  const shown = () => observer.getCurrentResult().data?.status;
  const getInterval = () => {
    const { refetchInterval } = observer.options;
    return typeof refetchInterval === "function" && refetchInterval(observer.getCurrentQuery());
  };
  return { hints, shown, getInterval, refresh: () => observer.refetch() };
}

function finish(): void {
  status = "succeeded";
  const message = { type: "task", taskId: TASK_ID, status };
  connections.at(-1)?.client.send(JSON.stringify(message));
}

test("a photo that was just sent is asked for once, when the hint comes", async () => {
  const { shown } = await follow({ isNew: true });
  expect(reads).toBe(0);

  finish();

  await vi.waitFor(() => {
    expect(shown()).toBe("succeeded");
  });
  expect(reads).toBe(1);
});

test("a hint that came before the question is remembered", async () => {
  const { hints } = await follow();
  await vi.waitFor(() => {
    expect(reads).toBe(1);
  });
  finish();
  await vi.waitFor(() => {
    expect(reads).toBe(2);
  });

  await hints.untilFinished(TASK_ID, new AbortController().signal);
});

test("without a hint the task is asked for after a while", async () => {
  const { shown } = await follow({ isNew: true, longestWaitMs: 5 });

  await vi.waitFor(() => {
    expect(shown()).toBe("queued");
  });

  finish();
  await vi.waitFor(() => {
    expect(shown()).toBe("succeeded");
  });
  expect(reads).toBe(2);
});

test("when the socket is lost, what was waited for is asked for", async () => {
  const { shown } = await follow({ isNew: true });
  status = "succeeded";

  connections[0]?.client.close(1001, "Going away");

  await vi.waitFor(() => {
    expect(shown()).toBe("succeeded");
  });
});

test("without a socket the task is asked for again and again", async () => {
  const { shown } = await follow({ isNew: true, hasSocket: false });
  await vi.waitFor(() => {
    expect(reads).toBeGreaterThan(1);
  });

  status = "succeeded";

  await vi.waitFor(() => {
    expect(shown()).toBe("succeeded");
  });
});

test("with a socket an open task is asked for rarely, and for its place a little more", async () => {
  const { hints, refresh, getInterval } = await follow();
  await vi.waitFor(() => {
    expect(reads).toBe(1);
  });

  // Queued: its place may have changed.
  const waiting = Number(getInterval());
  expect(waiting).toBeLessThan(HINTED_POLL_MS);
  const ends = Array.from({ length: 100 }, () => hints.listen());
  expect(getInterval()).toBe(HINTED_POLL_MS);
  ends.forEach((end) => {
    end();
  });
  expect(getInterval()).toBe(waiting);

  status = "processing";
  await refresh();
  expect(getInterval()).toBe(HINTED_POLL_MS);
  push.close();
  expect(getInterval()).toBeLessThan(HINTED_POLL_MS);
});
