import { ws, type WebSocketHandlerConnection } from "msw";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { server } from "@/testing/server";

import { type FrameMessage, Push, type TaskMessage, type Ticket } from "./push";

const ADDRESS = "ws://socket.test/live";
const live = ws.link(ADDRESS);

let connections: WebSocketHandlerConnection[];
let tickets: number;
let hasNetwork: boolean;
let push: Push;

beforeEach(() => {
  connections = [];
  tickets = 0;
  hasNetwork = true;
  server.use(live.addEventListener("connection", (connection) => connections.push(connection)));
  const createTicket = () => {
    tickets += 1;
    const ticket = { ticket: `ticket-${tickets}`, url: ADDRESS };
    return hasNetwork ? Promise.resolve(ticket) : Promise.reject(new Error("offline"));
  };
  push = new Push({ createTicket, firstRetryMs: 5, lingerMs: 5 });
});
afterEach(() => {
  push.close();
});

const TASK: TaskMessage = { type: "task", taskId: "task-1", status: "succeeded" };
const FRAME: FrameMessage = {
  type: "frame",
  streamId: "stream-1",
  frame: 1,
  status: "dropped",
  labels: [],
  image: null,
  ageMs: 1_200,
  error: null,
};

const untilConnected = (count: number) =>
  vi.waitFor(() => {
    expect(connections).toHaveLength(count);
    expect(push.isOpen).toBe(true);
  });

function send(message: unknown): void {
  connections.at(-1)?.client.send(typeof message === "string" ? message : JSON.stringify(message));
}

test("each listener gets the messages of its type, through one socket", async () => {
  const [tasks, frames]: [TaskMessage[], FrameMessage[]] = [[], []];
  push.listen("task", (message) => tasks.push(message));
  push.listen("frame", (message) => frames.push(message));
  await untilConnected(1);

  send(TASK);
  send(FRAME);

  await vi.waitFor(() => {
    expect(frames).toEqual([FRAME]);
  });
  expect(tasks).toEqual([TASK]);
  expect(tickets).toBe(1);
  expect(connections[0]?.client.url.searchParams.get("ticket")).toBe("ticket-1");
});

test("what is no message of ours is ignored", async () => {
  const tasks: TaskMessage[] = [];
  push.listen("task", (message) => tasks.push(message));
  await untilConnected(1);

  for (const strange of ["no JSON", '"text"', "null", { message: "Forbidden" }, { type: "new" }])
    send(strange);
  send(TASK);

  await vi.waitFor(() => {
    expect(tasks).toEqual([TASK]);
  });
});

test("a socket that was closed opens again with a new ticket", async () => {
  const tasks: TaskMessage[] = [];
  push.listen("task", (message) => tasks.push(message));
  await untilConnected(1);

  connections[0]?.client.close(1001, "Going away");
  await untilConnected(2);
  send(TASK);

  await vi.waitFor(() => {
    expect(tasks).toEqual([TASK]);
  });
  expect(connections[1]?.client.url.searchParams.get("ticket")).toBe("ticket-2");
});

test("without a network it tries again until there is one", async () => {
  hasNetwork = false;
  push.listen("task", () => undefined);
  const opened = push.whenOpen();
  await vi.waitFor(() => {
    expect(tickets).toBeGreaterThan(2);
  });
  expect(push.isOpen).toBe(false);

  hasNetwork = true;

  await opened;
  expect(push.isOpen).toBe(true);
});

test("the socket closes when nobody listens", async () => {
  const end = push.listen("task", () => undefined);
  await untilConnected(1);

  end();

  await vi.waitFor(() => {
    expect(push.isOpen).toBe(false);
  });
  expect(tickets).toBe(1);
});

test("a ticket that comes after the end of the session opens no socket", async () => {
  let answer: ((ticket: Ticket) => void) | undefined;
  const first = new Promise<Ticket>((resolve) => (answer = resolve));
  const createTicket = () =>
    tickets++ === 0 ? first : Promise.resolve({ ticket: "next", url: ADDRESS });
  push = new Push({ createTicket, firstRetryMs: 5 });
  push.listen("task", () => undefined);

  push.close();
  answer?.({ ticket: "before", url: ADDRESS });
  push.listen("task", () => undefined);
  await untilConnected(1);

  expect(connections[0]?.client.url.searchParams.get("ticket")).toBe("next");
});

test("the socket stays for somebody who listens again at once", async () => {
  push = new Push({
    createTicket: () => Promise.resolve({ ticket: "ticket", url: ADDRESS }),
    lingerMs: 1_000,
  });
  push.listen("task", () => undefined)();
  push.listen("frame", () => undefined);
  await untilConnected(1);

  push.listen("task", () => undefined)();

  expect(push.isOpen).toBe(true);
  expect(connections).toHaveLength(1);
});

test("a socket that answers no ping is replaced", async () => {
  const lost = vi.fn();
  const createTicket = () => Promise.resolve({ ticket: "ticket", url: ADDRESS });
  push = new Push({ createTicket, firstRetryMs: 5, pingMs: 20, onLost: lost });
  push.listen("task", () => undefined);

  await vi.waitFor(() => {
    expect(connections.length).toBeGreaterThan(1);
  });

  expect(lost).toHaveBeenCalled();
});

test("a socket that answers its pings stays", async () => {
  const pings: unknown[] = [];
  server.use(
    live.addEventListener("connection", ({ client }) => {
      client.addEventListener("message", ({ data }) => {
        pings.push(data);
        client.send('{"type":"pong"}');
      });
    }),
  );
  const createTicket = () => Promise.resolve({ ticket: "ticket", url: ADDRESS });
  push = new Push({ createTicket, firstRetryMs: 5, pingMs: 20 });
  push.listen("task", () => undefined);

  await vi.waitFor(() => {
    expect(pings.length).toBeGreaterThan(3);
  });

  expect(pings[0]).toBe('{"action":"ping"}');
  expect(connections).toHaveLength(1);
});

test("a socket is replaced before the service closes it", async () => {
  const createTicket = () => Promise.resolve({ ticket: `ticket-${++tickets}`, url: ADDRESS });
  push = new Push({ createTicket, firstRetryMs: 5, longestMs: 30 });
  push.listen("task", () => undefined);

  await vi.waitFor(() => {
    expect(connections.length).toBeGreaterThan(1);
  });

  expect(connections[1]?.client.url.searchParams.get("ticket")).toBe("ticket-2");
});
