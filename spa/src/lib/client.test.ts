import { afterEach, expect, test, vi } from "vitest";

import {
  ApiError,
  createApi,
  createKeyAuth,
  OfflineError,
  SpotterError,
  TaskFailedError,
  upload,
  waitForResult,
  type Auth,
} from "@client";

const API = "https://api.test/v1";
const TASK_ID = "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55";
const AUTH: Auth = { getToken: () => Promise.resolve("token") };
const LARGE = 5 * 1024 * 1024;

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };

/** Answers the requests in turn, and keeps them. */
function answer(...answers: Answer[]): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal("fetch", (input: Request | string, init?: RequestInit) => {
    requests.push(new Request(input, init));
    const { status = 200, body, headers = {} } = answers.shift() ?? {};
    const text = body === undefined ? null : JSON.stringify(body);
    return Promise.resolve(new Response(text, { status, headers }));
  });
  return requests;
}

/** No request gets an answer, after those that do. */
function fallSilent(...answers: Response[]) {
  vi.stubGlobal("fetch", () => {
    const next = answers.shift();
    return next ? Promise.resolve(next) : Promise.reject(new TypeError("Failed to fetch"));
  });
}

const photo = (size = 4) => new Blob([new Uint8Array(size)], { type: "image/jpeg" });

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a small picture is one request with its bytes", async () => {
  const requests = answer({ status: 202, body: { taskId: TASK_ID } });

  const taskId = await upload(createApi(API, AUTH), photo(), { reference: "order-4711" });

  const [request] = requests;
  expect(taskId).toBe(TASK_ID);
  expect(request?.url).toBe(`${API}/pictures?reference=order-4711`);
  expect(request?.headers.get("Authorization")).toBe("Bearer token");
  expect(request?.headers.get("Content-Type")).toBe("application/octet-stream");
  expect((await request?.arrayBuffer())?.byteLength).toBe(4);
});

test("a large picture goes to the storage, which does not get the token", async () => {
  const form = { url: "https://storage.test/", fields: { key: "uploads/1" } };
  const requests = answer(
    { status: 201, body: { taskId: TASK_ID, upload: form } },
    { status: 204 },
  );

  const taskId = await upload(createApi(API, AUTH), photo(LARGE), { maxLabels: 3 });

  expect(taskId).toBe(TASK_ID);
  expect(await requests[0]?.json()).toEqual({
    contentType: "image/jpeg",
    sizeBytes: LARGE,
    maxLabels: 3,
  });
  expect(requests[1]?.headers.has("Authorization")).toBe(false);
  expect((await requests[1]?.formData())?.get("key")).toBe("uploads/1");
});

test("a file of another kind is not sent", async () => {
  const requests = answer();
  const text = new Blob([new Uint8Array(LARGE)], { type: "text/plain" });

  await expect(upload(createApi(API, AUTH), text)).rejects.toThrow(SpotterError);

  expect(requests).toEqual([]);
});

test("a result is waited for until it is there", async () => {
  const requests = answer(
    { status: 202, body: { taskId: TASK_ID, status: "queued" }, headers: { "Retry-After": "0" } },
    { body: { taskId: TASK_ID, status: "succeeded" } },
  );

  const task = await waitForResult(createApi(API, AUTH), TASK_ID);

  expect(task.status).toBe("succeeded");
  expect(requests.map(({ url }) => url)).toEqual([
    `${API}/results/${TASK_ID}?wait=20`,
    `${API}/results/${TASK_ID}?wait=20`,
  ]);
});

test("a failed task is an error with its code", async () => {
  const error = { code: "unreadable_image", message: "It is damaged." };
  answer({ body: { taskId: TASK_ID, status: "failed", error } });

  const waiting = waitForResult(createApi(API, AUTH), TASK_ID);

  await expect(waiting).rejects.toThrow(TaskFailedError);
  await expect(waiting).rejects.toMatchObject(error);
});

test("a refusal says its code and when to come again", async () => {
  const body = { code: "too_many_requests", detail: "Wait." };
  answer({ status: 429, body, headers: { "Retry-After": "3" } });

  const refused = createApi(API, AUTH).GET("/usage");

  await expect(refused).rejects.toEqual(new ApiError(429, "too_many_requests", "Wait.", 3000));
});

test("a key is exchanged once for many requests, and again when its token is refused", async () => {
  const issued = (idToken: string) => ({ body: { idToken, expiresIn: 900 } });
  const requests = answer(issued("first"), {}, {}, { status: 401 }, issued("second"), {});
  const api = createApi(API, createKeyAuth(API, "spk_1"));

  await api.GET("/usage");
  await api.GET("/usage");
  await api.GET("/usage");

  expect(requests.map((it) => it.headers.get("Authorization"))).toEqual([
    null,
    "Bearer first",
    "Bearer first",
    "Bearer first",
    null,
    "Bearer second",
  ]);
});

test("a wrong key is an error, and a later request tries again", async () => {
  const requests = answer({ status: 401, body: { code: "wrong_key" } }, { status: 401 });
  const auth = createKeyAuth(API, "spk_1");

  await expect(auth.getToken()).rejects.toMatchObject({ code: "wrong_key" });
  await expect(auth.getToken()).rejects.toThrow(ApiError);

  expect(requests).toHaveLength(2);
});

test("without a network the exchange of a key is an error of this package", async () => {
  fallSilent();

  await expect(createKeyAuth(API, "spk_1").getToken()).rejects.toThrow(OfflineError);
});

test("a network that fails before the storage is an error of this package", async () => {
  const form = { url: "https://storage.test/", fields: {} };
  fallSilent(Response.json({ taskId: TASK_ID, upload: form }, { status: 201 }));

  await expect(upload(createApi(API, AUTH), photo(LARGE))).rejects.toThrow(OfflineError);
});

test("an answer without a task is an error of this package", async () => {
  answer({ status: 204 });

  await expect(upload(createApi(API, AUTH), photo())).rejects.toThrow(SpotterError);
});
