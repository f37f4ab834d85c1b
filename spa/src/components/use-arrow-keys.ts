import { type KeyboardEvent, useRef, useState } from "react";

const STEPS: Partial<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

/** One Tab stop for many buttons: arrow keys, Home and End move the focus, which the stop follows. */
export function useArrowKeys(keys: readonly string[]) {
  const [chosen, setChosen] = useState<string>();
  const buttons = useRef(new Map<string, HTMLButtonElement>());
  const current = chosen !== undefined && keys.includes(chosen) ? chosen : keys[0];

  const onKeyDown = (event: KeyboardEvent) => {
    const at = current === undefined ? -1 : keys.indexOf(current);
    const step = STEPS[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? keys.length - 1 : at + (step ?? 0);
    const next = keys[(to + keys.length) % keys.length];
    if (at < 0 || next === undefined || (to === at && step === undefined)) return;
    event.preventDefault();
    buttons.current.get(next)?.focus();
  };

  const refOf = (key: string) => (button: HTMLButtonElement | null) => {
    if (button) buttons.current.set(key, button);
    return () => void buttons.current.delete(key);
  };

  return { current, onKeyDown, refOf, onFocusOf: setChosen };
}
