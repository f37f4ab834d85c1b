import { readFile } from "node:fs/promises";

import { waitFor } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";

import type { Defaults } from "@/lib/defaults";
import { OfflineError } from "@/lib/errors";
import { findPicture } from "@/lib/pictures";
import { buildTask } from "@/testing/examples";
import { API, S3, server } from "@/testing/server";
import { buildServices, type FakeCognito, PASSWORD, USER } from "@/testing/services";

import { UploadQueue } from "./upload-queue";

let bytes: Uint8Array<ArrayBuffer>;
let queue: UploadQueue;
let reload: () => UploadQueue;
const queues: UploadQueue[] = [];
let cognito: FakeCognito;
let session: Awaited<ReturnType<typeof buildServices>>["services"]["session"];
let held: Promise<void> | undefined;
let keys: (string | null)[];
let deleted: string[];
let sent: string[];
let defaults: Defaults;
let hasNetwork: boolean;

beforeEach(async () => {
  bytes = new Uint8Array(await readFile("src/assets/example.jpg"));
  const built = await buildServices();
  cognito = built.cognito;
  session = built.services.session;
  sent = [];
  const onSent = (taskId: string) => sent.push(taskId);
  defaults = { stripMetadata: null, detail: null };
  hasNetwork = true;
  const readDefaults = () =>
    hasNetwork ? Promise.resolve(defaults) : Promise.reject(new OfflineError());
  reload = () => {
    const made = new UploadQueue(built.services.api, { onSent, readDefaults, firstRetryMs: 20 });
    queues.push(made);
    return made;
  };
  queue = reload();
  held = undefined;
  keys = [];
  deleted = [];
  server.use(
    http.post(`${API}/upload`, async ({ request }) => {
      await held;
      const key = request.headers.get("Idempotency-Key");
      keys.push(key);
      const upload = { url: S3, fields: { key: "images/1" }, expiresAt: "2999-01-01T00:00:00Z" };
      return HttpResponse.json({ taskId: `task-${key}`, upload }, { status: 201 });
    }),
    http.post(S3, () => new HttpResponse(null, { status: 204 })),
    http.delete(`${API}/results/:taskId`, ({ params }) => {
      deleted.push(String(params.taskId));
      return new HttpResponse(null, { status: 204 });
    }),
  );
});

/** Makes different photos: bytes after the end of a JPEG are not shown. */
const buildPhotos = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => new File([bytes, String(i)], `photo-${i}.jpg`, { type: "image/jpeg" }),
  );

const statuses = () => queue.state.map(({ status }) => status);
const untilStatuses = (...expected: string[]) =>
  waitFor(() => {
    expect(statuses()).toEqual(expected);
  });

test("a photo becomes a task", async () => {
  queue.add(buildPhotos(1));

  await untilStatuses("sent");
  expect(sent).toEqual([queue.state[0]?.taskId]);
  expect(queue.isBusy).toBe(false);
});

test("what nobody said is what the account chose, and it stays the same when the photo is sent again", async () => {
  const asked: unknown[] = [];
  server.use(
    http.post(`${API}/upload`, async ({ request }) => {
      const { detail, stripMetadata } = (await request.json()) as Record<string, unknown>;
      asked.push([detail, stripMetadata]);
      // The user chooses otherwise before the photo is sent again.
      defaults = { stripMetadata: true, detail: "fast" };
      if (asked.length === 1) return HttpResponse.json({}, { status: 503 });
      const upload = { url: S3, fields: {}, expiresAt: "2999-01-01T00:00:00Z" };
      return HttpResponse.json({ taskId: "task-1", upload }, { status: 201 });
    }),
  );
  defaults = { stripMetadata: false, detail: "fine" };

  queue.add(buildPhotos(1));

  await untilStatuses("sent");
  expect(asked).toEqual([
    ["fine", false],
    ["fine", false],
  ]);
});

test("a photo waits for the network if the account's defaults cannot be read", async () => {
  hasNetwork = false;
  queue.add(buildPhotos(1));
  await untilStatuses("paused");
  expect(keys).toEqual([]);

  hasNetwork = true;

  await untilStatuses("sent");
});

test("an account that chose nothing sends photos without place and camera", async () => {
  const asked: unknown[] = [];
  server.use(
    http.post(`${API}/upload`, async ({ request }) => {
      const { detail, stripMetadata } = (await request.json()) as Record<string, unknown>;
      asked.push([detail, stripMetadata]);
      const upload = { url: S3, fields: {}, expiresAt: "2999-01-01T00:00:00Z" };
      return HttpResponse.json({ taskId: "task-1", upload }, { status: 201 });
    }),
  );

  queue.add(buildPhotos(1));

  await untilStatuses("sent");
  expect(asked).toEqual([[null, true]]);
});

test("what to look for is sent with each photo, and a closer look is no duplicate", async () => {
  const asked: unknown[] = [];
  server.use(
    http.post(`${API}/upload`, async ({ request }) => {
      const { features, detail } = (await request.json()) as Record<string, unknown>;
      asked.push([features, detail]);
      const upload = { url: S3, fields: {}, expiresAt: "2999-01-01T00:00:00Z" };
      return HttpResponse.json({ taskId: String(asked.length), upload }, { status: 201 });
    }),
  );

  queue.add(buildPhotos(1), { features: ["labels", "properties"] });
  await untilStatuses("sent");
  queue.add(buildPhotos(1), { detail: "fine" });
  await untilStatuses("sent", "sent");

  expect(asked).toEqual([
    [["labels", "properties"], null],
    [["labels"], "fine"],
  ]);
});

afterEach(() => {
  // A queue without a network tries again for ever, also while the tests of other files run.
  for (const one of queues.splice(0)) one.clear();
  Reflect.deleteProperty(HTMLImageElement.prototype, "decode"); // jsdom has none
});

test("at most three uploads run at once", async () => {
  let now = 0;
  let most = 0;
  let release: () => void = () => undefined;
  const threeRun = new Promise<void>((resolve) => {
    release = resolve;
  });
  server.use(
    http.post(S3, async () => {
      most = Math.max(most, ++now);
      // The first three wait for each other, and a moment longer for a fourth that must not come.
      if (now === 3) setTimeout(release, 30);
      await threeRun;
      now--;
      return new HttpResponse(null, { status: 204 });
    }),
  );

  queue.add(buildPhotos(7));

  await untilStatuses(...Array<string>(7).fill("sent"));
  expect(most).toBe(3);
});

test("a form that has expired is renewed under the same key", async () => {
  const expired = "<Error><Message>Invalid according to Policy: Policy expired.</Message></Error>";
  server.use(http.post(S3, () => new HttpResponse(expired, { status: 403 }), { once: true }));

  queue.add(buildPhotos(1));

  await untilStatuses("sent");
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

test("a lost network pauses an upload, which resumes by itself", async () => {
  server.use(http.post(S3, () => HttpResponse.error(), { once: true }));

  const pauses: unknown[] = [];
  queue.subscribe(() => {
    if (queue.state[0]?.status === "paused") pauses.push(queue.state[0].pausedBy);
  });

  queue.add(buildPhotos(1));

  await untilStatuses("sent");
  expect(pauses).toEqual(["offline"]);
  expect(new Set(keys).size).toBe(1);
});

test("photos beyond the limit for one user wait for their turn", async () => {
  let asked = 0;
  let refused = 0;
  server.use(
    http.post(`${API}/upload`, () => {
      asked++;
      if (asked < 3 || asked > 5) return undefined;
      refused++;
      const problem = { code: "too_many_in_flight", detail: "Too many" };
      return HttpResponse.json(problem, { status: 429, headers: { "Retry-After": "0.1" } });
    }),
  );
  const seen = new Set<string>();
  queue.subscribe(() => {
    statuses().forEach((status) => seen.add(status));
  });

  queue.add(buildPhotos(6));

  await untilStatuses("sent", "sent", "sent", "sent", "sent", "sent");
  expect(refused).toBe(3);
  expect(asked).toBe(9);
  expect(new Set(sent).size).toBe(6);
  expect(seen).toEqual(new Set(["checking", "waiting", "sending", "sent"]));
});

test("after a 429 nothing is sent until Retry-After has passed", async () => {
  let asked = 0;
  server.use(
    http.post(`${API}/upload`, () => {
      asked++;
      const problem = { code: "too_many_requests", detail: "Too many" };
      return HttpResponse.json(problem, { status: 429, headers: { "Retry-After": "60" } });
    }),
  );

  queue.add(buildPhotos(1));
  await waitFor(() => {
    expect(asked).toBe(1);
  });
  await untilStatuses("waiting");
  queue.add(buildPhotos(4).slice(1));
  await untilStatuses("waiting", "waiting", "waiting", "waiting");

  expect(asked).toBe(1);
});

test("a user who has used up a day is told and not kept waiting", async () => {
  server.use(
    http.post(`${API}/upload`, () => {
      const problem = { code: "daily_bytes_reached", detail: "Too many" };
      return HttpResponse.json(problem, { status: 429, headers: { "Retry-After": "3600" } });
    }),
  );

  queue.add(buildPhotos(1));

  await untilStatuses("failed");
  expect(queue.state[0]?.errorCode).toBe("daily_bytes_reached");
});

test("an upload is retried when the service is busy", async () => {
  const busy = { code: "service_unavailable", detail: "Busy" };
  server.use(
    http.post(`${API}/upload`, () => HttpResponse.json(busy, { status: 503 }), { once: true }),
  );

  queue.add(buildPhotos(1));

  await untilStatuses("sent");
});

test("an ended session pauses an upload until the user signs in again", async () => {
  cognito.isRefused = true;
  queue.add(buildPhotos(1));
  await waitFor(() => {
    expect(queue.state[0]).toMatchObject({ status: "paused", pausedBy: "session" });
  });

  await session.signIn(USER.email, PASSWORD);
  queue.resume();

  await untilStatuses("sent");
});

test("a refusal of the API is final and keeps its code", async () => {
  const refusal = { code: "invalid_request", detail: "Wrong." };
  server.use(http.post(`${API}/upload`, () => HttpResponse.json(refusal, { status: 422 })));

  queue.add(buildPhotos(1));

  await untilStatuses("failed");
  expect(queue.state[0]).toMatchObject({ errorCode: "invalid_request", errorText: "Wrong." });
});

test("a failed photo can be tried again", async () => {
  server.use(http.post(S3, () => new HttpResponse("<Error/>", { status: 400 }), { once: true }));
  queue.add(buildPhotos(1));
  await untilStatuses("failed");

  queue.retry(queue.state[0]?.id ?? "");

  await untilStatuses("sent");
});

test("a wrong file is refused and never sent", async () => {
  queue.add([new File(["hello"], "text.jpg", { type: "image/jpeg" })]);

  await untilStatuses("refused");
  expect(queue.state[0]?.errorCode).toBe("unsupported_format");
  expect(keys).toEqual([]);
});

test("a duplicate photo is noticed and can be sent anyway", async () => {
  queue.add(buildPhotos(1));
  queue.add(buildPhotos(1));
  await untilStatuses("sent", "duplicate");

  queue.retry(queue.state[1]?.id ?? "");

  await untilStatuses("sent", "sent");
});

test("a photo that was sent before a reload is noticed and links to its result", async () => {
  queue.add(buildPhotos(1));
  await untilStatuses("sent");
  const taskId = queue.state[0]?.taskId;

  queue = reload();
  queue.add(buildPhotos(2));

  await untilStatuses("duplicate", "sent");
  expect(queue.state.map((item) => queue.findEarlier(item))[0]).toBe(taskId);
});

test.each([
  [
    "its task was deleted",
    (taskId: string) => {
      queue.forget(taskId);
    },
  ],
  [
    "its sender has signed out",
    () => {
      queue.clear();
    },
  ],
])("a photo is as good as new when %s", async (_, leave) => {
  queue.add(buildPhotos(1));
  await untilStatuses("sent");
  leave(queue.state[0]?.taskId ?? "");

  queue = reload();
  queue.add(buildPhotos(1));

  await untilStatuses("sent");
});

test("a photo that is removed during its upload leaves no task", async () => {
  server.use(http.post(S3, () => delay("infinite")));
  queue.add(buildPhotos(1));
  await waitFor(() => {
    expect(queue.state[0]?.taskId).toBeDefined();
  });
  const { id, taskId } = queue.state[0] ?? { id: "" };

  queue.cancel(id);

  expect(queue.state).toEqual([]);
  await waitFor(() => {
    expect(deleted).toEqual([taskId]);
  });
});

test("a photo that is removed before it has a task leaves none either", async () => {
  let release: () => void = () => undefined;
  held = new Promise((resolve) => {
    release = resolve;
  });
  queue.add(buildPhotos(1));
  await untilStatuses("sending");

  queue.cancel(queue.state[0]?.id ?? "");
  release();

  await waitFor(() => {
    expect(deleted).toEqual([`task-${keys[0]}`]);
  });
  expect(sent).toEqual([]);
});

test("the next user of the tab sees nothing of the previous one", async () => {
  queue.add(buildPhotos(2));
  await untilStatuses("sent", "sent");

  queue.clear();

  expect(queue.state).toEqual([]);
});

test.each([
  ["cannot show", () => Promise.reject(new Error("EncodingError")), /^http:/],
  ["can show", () => Promise.resolve(), /^blob:/],
])("a photo that the browser %s comes from the right place", async (_what, decode, url) => {
  HTMLImageElement.prototype.decode = decode;
  queue.add(buildPhotos(1));
  await untilStatuses("sent");

  const picture = findPicture(buildTask({ taskId: sent[0] ?? "" }), "thumbnail");

  expect(picture?.url).toMatch(url);
});

test("a page that was reloaded names what it had not sent, and deletes its tasks", async () => {
  server.use(
    http.post(S3, async () => {
      await delay("infinite");
    }),
    http.get(`${API}/results/:taskId`, () =>
      HttpResponse.json(buildTask({ status: "awaiting_upload" })),
    ),
  );
  queue.add(buildPhotos(5));
  await waitFor(() => {
    expect(queue.state.filter(({ taskId }) => taskId)).toHaveLength(3);
  });

  const names = await reload().continue();

  expect(names.sort()).toEqual([0, 1, 2, 3, 4].map((i) => `photo-${i}.jpg`));
  await waitFor(() => {
    expect(deleted).toHaveLength(3);
  });
  expect(await reload().continue()).toEqual([]);
});

test("a photo that had arrived before the reload is neither named nor deleted", async () => {
  server.use(
    http.post(S3, async () => {
      await delay("infinite");
    }),
    http.get(`${API}/results/:taskId`, () => HttpResponse.json(buildTask({ status: "queued" }))),
  );
  queue.add(buildPhotos(1));
  await waitFor(() => {
    expect(queue.state[0]?.taskId).toBeDefined();
  });

  expect(await reload().continue()).toEqual([]);
  expect(deleted).toEqual([]);
});

test("a task that cannot be looked at after the reload is named and not deleted", async () => {
  server.use(
    http.post(S3, async () => {
      await delay("infinite");
    }),
    http.get(`${API}/results/:taskId`, () => HttpResponse.json({}, { status: 503 })),
  );
  queue.add(buildPhotos(2));
  await waitFor(() => {
    expect(queue.state.filter(({ taskId }) => taskId)).toHaveLength(2);
  });
  const [removed] = queue.state;

  const names = await reload().continue();
  queue.cancel(removed?.id ?? "");

  expect(names.sort()).toEqual(["photo-0.jpg", "photo-1.jpg"]);
  await waitFor(() => {
    expect(deleted).toEqual([removed?.taskId]); // Only what the user removed
  });
});

test("a full storage of the tab stops no upload", async () => {
  const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("Full", "QuotaExceededError");
  });
  onTestFinished(() => {
    full.mockRestore();
  });

  queue.add(buildPhotos(1));

  await untilStatuses("sent");
});

test("removing a photo that was just sent deletes its task", async () => {
  queue.add(buildPhotos(1));
  await untilStatuses("sent");

  queue.cancel(queue.state[0]?.id ?? "");

  await waitFor(() => {
    expect(deleted).toEqual(sent);
  });
  expect(queue.state).toEqual([]);
});
