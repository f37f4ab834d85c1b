import { fetchAnswer, readError, type Auth } from "./api.ts";
import type { IssuedToken } from "./schema.ts";

/** A token is renewed this long before it expires. */
const EARLY_MS = 60_000;

/** Sign in with an API key, which the service exchanges for a token of 15 minutes. */
export function createKeyAuth(apiUrl: string, key: string): Auth {
  let token: Promise<string> | undefined;
  let renewAt = 0;

  async function exchange(): Promise<string> {
    const response = await fetchAnswer(`${apiUrl}/token`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ key }),
    });
    if (!response.ok) throw await readError(response);
    const issued = (await response.json()) as IssuedToken;
    renewAt = Date.now() + issued.expiresIn * 1000 - EARLY_MS;
    return issued.idToken;
  }

  return {
    getToken({ forceRefresh = false } = {}) {
      if (!token || forceRefresh || Date.now() >= renewAt) {
        renewAt = Infinity; // Requests that come meanwhile wait for the same token
        token = exchange().catch((error: unknown) => {
          token = undefined;
          throw error;
        });
      }
      return token;
    },
  };
}
