import { createBrowserRouter, type RouteObject } from "react-router";

import type { Session } from "@/lib/session";

import { Layout } from "./layout";
import { ErrorPage, NotFoundPage } from "./error-page";
import { Home, RequireUser, WithoutUser } from "./guards";

const forVisitors: RouteObject[] = [
  {
    path: "/sign-in",
    lazy: async () => ({ Component: (await import("@/features/account/sign-in-page")).SignInPage }),
  },
  {
    path: "/sign-up",
    lazy: async () => ({ Component: (await import("@/features/account/sign-up-page")).SignUpPage }),
  },
  {
    path: "/forgot-password",
    lazy: async () => ({
      Component: (await import("@/features/account/forgot-password-page")).ForgotPasswordPage,
    }),
  },
];

const forUsers: RouteObject[] = [
  {
    path: "/results/:taskId",
    lazy: async () => ({ Component: (await import("@/features/results/result-page")).ResultPage }),
  },
  {
    path: "/history",
    lazy: async () => ({
      Component: (await import("@/features/history/history-page")).HistoryPage,
    }),
  },
  {
    path: "/api",
    lazy: async () => ({ Component: (await import("@/features/developers/api-page")).ApiPage }),
  },
  {
    path: "/account",
    lazy: async () => ({
      Component: (await import("@/features/account/account-page")).AccountPage,
    }),
  },
];

export function createRouter(session: Session) {
  return createBrowserRouter([
    {
      Component: Layout,
      children: [
        {
          ErrorBoundary: ErrorPage,
          HydrateFallback: () => null,
          children: [
            {
              path: "/",
              // Both are the first page of somebody, so what is needed is known before React runs.
              lazy: async () => {
                if (session.state.status === "signedOut")
                  await import("@/features/welcome/welcome-page");
                else await import("./home-page");
                return { Component: Home };
              },
            },
            { Component: WithoutUser, children: forVisitors },
            { Component: RequireUser, children: forUsers },
            { path: "*", Component: NotFoundPage },
          ],
        },
      ],
    },
  ]);
}
