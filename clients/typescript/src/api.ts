import createClient, { type Middleware } from "openapi-fetch";

import { ApiError, OfflineError } from "./errors.ts";
import type { paths } from "./schema.ts";

/** A way to sign in. */
export type Auth = {
  /** The ID token for one request; another one with `forceRefresh`, after it was refused. */
  getToken: (options?: { forceRefresh?: boolean }) => Promise<string>;
  /** The error to throw when a new token was refused too. */
  end?: () => Error;
};

export type Api = ReturnType<typeof createApi>;

/** The typed client of the API. Every failure is a `SpotterError`. */
export function createApi(apiUrl: string, auth: Auth) {
  const client = createClient<paths>({
    baseUrl: apiUrl,
    // Look fetch up at each call, because tests replace it after this line.
    fetch: (request) => sendSigned(request, auth),
  });
  client.use(errors);
  return client;
}

/** The error of an answer that is no success. */
export async function readError(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Record<
    string,
    unknown
  >;
  const code =
    typeof problem.code === "string" ? problem.code : "internal_error";
  const detail =
    typeof problem.detail === "string" ? problem.detail : response.statusText;
  const seconds = Number(response.headers.get("Retry-After"));
  return new ApiError(
    response.status,
    code,
    detail,
    seconds > 0 ? seconds * 1000 : null,
  );
}

async function sendSigned(request: Request, auth: Auth): Promise<Response> {
  const again = request.clone();
  const response = await send(request, await auth.getToken());
  if (response.status !== 401) return response;
  // The token was revoked or the clocks differ: retry once with a new token.
  const second = await send(again, await auth.getToken({ forceRefresh: true }));
  if (second.status === 401 && auth.end) throw auth.end();
  return second;
}

async function send(request: Request, token: string): Promise<Response> {
  request.headers.set("Authorization", `Bearer ${token}`);
  return fetchAnswer(request);
}

/** Like fetch. No answer is an `OfflineError`, unless the caller aborted the request. */
export async function fetchAnswer(
  input: Request | string,
  init?: RequestInit,
): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    if (input instanceof Request && input.signal.aborted) throw error;
    throw new OfflineError();
  }
}

const errors: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await readError(response);
  },
};
