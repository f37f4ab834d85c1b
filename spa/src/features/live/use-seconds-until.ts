import { useEffect, useState } from "react";

const TICK_MS = 250;

/** Whole seconds until a time of `Date.now()`, counted down. */
export function useSecondsUntil(time: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, TICK_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return Math.max(0, Math.ceil((time - now) / 1_000));
}
