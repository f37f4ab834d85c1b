import { useEffect, useState } from "react";

/** More than so many screens in a second: nobody can see single photos. */
const FAST_SCREENS = 5;
const REST_MS = 120;
/** Speed is counted over this time: a frame that comes late or early says nothing. */
const SPAN_MS = 100;

/** Whether the page is scrolled so fast that what passes is not looked at. */
export function useFastScroll(): boolean {
  const [isFast, setFast] = useState(false);
  useEffect(() => {
    let start = { top: scrollY, at: performance.now() };
    let rest: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      rest = undefined;
      setFast(false);
    };
    const follow = () => {
      const now = { top: scrollY, at: performance.now() };
      // The first step after a rest says nothing: it may be a jump.
      if (rest === undefined) start = now;
      const screens = Math.abs(now.top - start.top) / innerHeight;
      const seconds = Math.max(now.at - start.at, SPAN_MS) / 1_000;
      const isOver = now.at - start.at >= SPAN_MS;
      if (screens / seconds > FAST_SCREENS) setFast(true);
      else if (isOver) setFast(false);
      if (isOver) start = now;
      clearTimeout(rest);
      rest = setTimeout(stop, REST_MS);
    };
    addEventListener("scroll", follow, { passive: true });
    return () => {
      removeEventListener("scroll", follow);
      clearTimeout(rest);
    };
  }, []);
  return isFast;
}

/** False from when something could be seen for the first time: it does not vanish again. */
export function useHeld(isFast: boolean): boolean {
  const [isHeld, setHeld] = useState(isFast);
  if (isHeld && !isFast) setHeld(false);
  return isHeld;
}
