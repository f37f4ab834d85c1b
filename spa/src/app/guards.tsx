import { lazy, Suspense } from "react";
import { Navigate, Outlet, useLocation } from "react-router";

import { useSession } from "@/lib/services";

const WelcomePage = lazy(async () => ({
  default: (await import("@/features/welcome/welcome-page")).WelcomePage,
}));
const HomePage = lazy(async () => ({ default: (await import("./home-page")).HomePage }));

export function Home() {
  const { state } = useSession();
  return <Suspense>{state.status === "signedOut" ? <WelcomePage /> : <HomePage />}</Suspense>;
}

type Origin = { from?: string } | null;

/** An ended session keeps its page: only who never signed in is sent away. */
export function RequireUser() {
  const { state } = useSession();
  const { pathname } = useLocation();
  if (state.status !== "signedOut") return <Outlet />;
  return <Navigate to="/sign-in" replace state={{ from: pathname } satisfies Origin} />;
}

/** After signing in, back to where it was asked for. */
export function WithoutUser() {
  const { state } = useSession();
  const origin = useLocation().state as Origin;
  if (state.status === "signedOut") return <Outlet />;
  return <Navigate to={origin?.from ?? "/"} replace />;
}
