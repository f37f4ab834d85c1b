import type { ComponentType } from "react";
import { createBrowserRouter, type RouteObject } from "react-router";

import type { Session } from "@/lib/session";

import { pages } from "./pages";
import { Layout } from "./layout";
import { ErrorPage, NotFoundPage } from "./error-page";
import { Home, RequireUser, WithoutUser } from "./guards";

const lazily = (load: () => Promise<ComponentType>) => async () => ({ Component: await load() });

const forVisitors: RouteObject[] = [
  { path: "/sign-in", lazy: lazily(pages.signIn) },
  { path: "/sign-up", lazy: lazily(pages.signUp) },
  { path: "/forgot-password", lazy: lazily(pages.forgotPassword) },
];

const forUsers: RouteObject[] = [
  { path: "/results/:taskId", lazy: lazily(pages.result) },
  { path: "/live", lazy: lazily(pages.live) },
  { path: "/history", lazy: lazily(pages.history) },
  { path: "/history/doubles", lazy: lazily(pages.doubles) },
  { path: "/exports", lazy: lazily(pages.exports) },
  { path: "/api", lazy: lazily(pages.api) },
  { path: "/account/delete", lazy: lazily(pages.deleteAccount) },
  { path: "/account/keys", lazy: lazily(pages.keys) },
  { path: "/account/webhooks", lazy: lazily(pages.webhooks) },
  { path: "/account", lazy: lazily(pages.account) },
];

export function createRouter(session: Session) {
  return createBrowserRouter([
    {
      Component: Layout,
      ErrorBoundary: ErrorPage,
      children: [
        {
          ErrorBoundary: ErrorPage,
          HydrateFallback: () => null,
          children: [
            {
              path: "/",
              // Both can be the first page of a visit, so their code is loaded before React runs.
              lazy: async () => {
                if (session.state.status === "signedOut")
                  await import("@/features/welcome/welcome-page");
                else await import("./home-page");
                return { Component: Home };
              },
            },
            { Component: WithoutUser, children: forVisitors },
            { Component: RequireUser, children: forUsers },
            { path: "/names", lazy: lazily(pages.names) },
            { path: "*", Component: NotFoundPage },
          ],
        },
      ],
    },
  ]);
}
