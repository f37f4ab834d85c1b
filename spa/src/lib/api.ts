import createClient, { type Middleware } from "openapi-fetch";

import type { paths } from "./api-schema";
import { ApiError, OfflineError } from "./errors";
import type { Ticket } from "./push";
import type { Session } from "./session";

export type Api = ReturnType<typeof createApi>;

/** The typed client of our API. Every failure is an `AppError`. */
export function createApi(apiUrl: string, session: Session) {
  const client = createClient<paths>({
    baseUrl: apiUrl,
    // Look fetch up at each call, because tests replace it after this line.
    fetch: (request) => sendSigned(request, session),
  });
  client.use(errors);
  return client;
}

/** A ticket for the socket of the page. It works once. */
export async function createTicket(api: Api): Promise<Ticket> {
  const { data } = await api.POST("/live/tickets");
  if (!data) throw new Error("The API sent no ticket");
  return data;
}

async function sendSigned(request: Request, session: Session): Promise<Response> {
  const again = request.clone();
  const response = await send(request, await session.getToken());
  if (response.status !== 401) return response;
  // The token was revoked or the clocks differ: retry once with a new token.
  const second = await send(again, await session.getToken({ forceRefresh: true }));
  if (second.status === 401) throw session.end();
  return second;
}

async function send(request: Request, token: string): Promise<Response> {
  request.headers.set("Authorization", `Bearer ${token}`);
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new OfflineError();
  }
}

const errors: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    const code = typeof problem.code === "string" ? problem.code : "internal_error";
    const detail = typeof problem.detail === "string" ? problem.detail : response.statusText;
    const seconds = Number(response.headers.get("Retry-After"));
    throw new ApiError(response.status, code, detail, seconds > 0 ? seconds * 1000 : null);
  },
};
