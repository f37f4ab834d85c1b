import { createApi as createSignedApi, type Api } from "@client";

import type { Ticket } from "./push";
import type { Session } from "./session";

export type { Api } from "@client";

/** The typed client of our API, for the signed-in user. Every failure is an `AppError`. */
export function createApi(apiUrl: string, session: Session): Api {
  return createSignedApi(apiUrl, {
    getToken: (options) => session.getToken(options),
    end: () => session.end(),
  });
}

/** A ticket for the socket of the page. It works once. */
export async function createTicket(api: Api): Promise<Ticket> {
  const { data } = await api.POST("/live/tickets");
  if (!data) throw new Error("The API sent no ticket");
  return data;
}
