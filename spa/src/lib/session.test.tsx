import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { API, server } from "@/testing/server";
import { buildServices, PASSWORD, USER } from "@/testing/services";

import { SessionEndedError } from "./errors";

const page = { results: [], nextCursor: null };

test("a token that the API refuses is renewed once", async () => {
  const { services, cognito } = await buildServices();
  const seen: (string | null)[] = [];
  server.use(
    http.get(`${API}/results`, ({ request }) => {
      seen.push(request.headers.get("Authorization"));
      cognito.token = "token-2";
      return seen.length === 1
        ? HttpResponse.json({ code: "unauthorized" }, { status: 401 })
        : HttpResponse.json(page);
    }),
  );

  const { data } = await services.api.GET("/results");

  expect(data).toEqual(page);
  expect(seen).toEqual(["Bearer token-1", "Bearer token-2"]);
});

test("a session that the API refuses twice has ended and keeps its user name", async () => {
  const { services } = await buildServices();
  server.use(http.get(`${API}/results`, () => HttpResponse.json({}, { status: 401 })));

  await expect(services.api.GET("/results")).rejects.toBeInstanceOf(SessionEndedError);

  expect(services.session.state).toEqual({ status: "ended", user: USER });
});

test("a user who returns is signed in again", async () => {
  const { services } = await buildServices();
  services.session.end();

  await services.session.signIn(USER.email, PASSWORD);

  expect(services.session.state).toEqual({ status: "signedIn", user: USER });
});

test("a refused refresh ends the session, before any request", async () => {
  const { services, cognito } = await buildServices();
  cognito.isRefused = true;

  await expect(services.session.getToken()).rejects.toBeInstanceOf(SessionEndedError);

  expect(services.session.state.status).toBe("ended");
});

test("an error of the API keeps its code and its text", async () => {
  const { services } = await buildServices();
  const problem = { code: "invalid_cursor", detail: "The cursor is not valid." };
  server.use(http.get(`${API}/results`, () => HttpResponse.json(problem, { status: 400 })));

  const request = services.api.GET("/results");

  await expect(request).rejects.toMatchObject({
    status: 400,
    code: "invalid_cursor",
    message: "The cursor is not valid.",
  });
});
