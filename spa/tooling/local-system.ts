import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";

import type { Plugin, ProxyOptions } from "vite";

type State = {
  endpoint: string;
  api_url: string;
  spa_origin: string;
  user_pool_id: string;
  client_id: string;
};

/**
 * Lets `npm run dev` use the local system that `make run` has started.
 *
 * Its API and storage answer their own page only, so the development server passes requests on
 * in that page's name, and makes the addresses in the answers lead through itself.
 */
export function localSystem(stateFile: URL): Plugin {
  let state: State;
  return {
    name: "local-system",
    apply: (_config, { command, mode }) => command === "serve" && mode === "development",
    config() {
      state = readState(stateFile);
      const pass: ProxyOptions = {
        target: state.endpoint,
        changeOrigin: true,
        headers: { origin: state.spa_origin },
      };
      const api = new URL(state.api_url).pathname;
      return {
        server: {
          proxy: {
            "/spotter-local-images": pass,
            [api]: { ...pass, selfHandleResponse: true, configure: rewriteAnswers(state.endpoint) },
          },
        },
      };
    },
    configureServer({ middlewares }) {
      middlewares.use("/config.json", (request, response) => {
        sendConfig(state, `http://${request.headers.host ?? "localhost"}`, response);
      });
    },
  };
}

function readState(file: URL): State {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as State;
  } catch {
    throw new Error("The local system is not running. Start it with: make run");
  }
}

function sendConfig(state: State, origin: string, response: ServerResponse): void {
  const config = {
    apiUrl: origin + new URL(state.api_url).pathname,
    userPoolId: state.user_pool_id,
    userPoolClientId: state.client_id,
    userPoolEndpoint: state.endpoint,
  };
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(config));
}

const rewriteAnswers =
  (endpoint: string): NonNullable<ProxyOptions["configure"]> =>
  (proxy) => {
    proxy.on("proxyRes", (answer, _request, response) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        const headers = { ...answer.headers };
        delete headers["content-length"];
        response.writeHead(answer.statusCode ?? 502, headers);
        response.end(Buffer.concat(parts).toString().replaceAll(endpoint, ""));
      });
    });
  };
