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

/** Redirects users who never signed in. A user whose session ended stays on the page. */
export function RequireUser() {
  const { state } = useSession();
  const { pathname, search, hash } = useLocation();
  if (state.status !== "signedOut") return <Outlet />;
  return (
    <Navigate to="/sign-in" replace state={{ from: pathname + search + hash } satisfies Origin} />
  );
}

/** After signing in, returns to the page that asked for it. */
export function WithoutUser() {
  const { state } = useSession();
  const origin = useLocation().state as Origin;
  if (state.status === "signedOut") return <Outlet />;
  return <Navigate to={origin?.from ?? "/"} replace />;
}
