import { useEffect, useEffectEvent } from "react";
import { useNavigate } from "react-router";

import { usePlace } from "@/lib/place";

import type { Neighbours } from "./use-neighbours";

const STEPS: Partial<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
/** What uses the arrow keys itself. */
const TAKEN = "input, select, textarea, [role=toolbar], [role=slider], [role=menu], [role=dialog]";

function isForOther(event: KeyboardEvent): boolean {
  const isShortcut = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
  const isTaken = event.target instanceof Element && event.target.closest(TAKEN) !== null;
  return isShortcut || isTaken || event.defaultPrevented;
}

/** Left and right lead to the photos beside this one. */
export function useStepKeys({ tasks, index }: Neighbours, isOn: boolean): void {
  const navigate = useNavigate();
  const place = usePlace();
  const step = useEffectEvent((event: KeyboardEvent) => {
    const by = STEPS[event.key];
    if (!isOn || by === undefined || index < 0 || isForOther(event)) return;
    const next = tasks[index + by];
    if (next) void navigate(`/results/${next.taskId}`, { replace: true, state: place });
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      step(event);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}
