import { useState } from "react";

/** The selected tasks. A task that is no longer shown is no longer selected. */
export function useSelection(shown: readonly string[]) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  /** Where a range starts: the task that was ticked last. */
  const [anchor, setAnchor] = useState<string>();
  const selected = ticked.size === 0 ? [] : shown.filter((taskId) => ticked.has(taskId));
  return {
    selected,
    isAll: selected.length > 0 && selected.length === shown.length,
    has: (taskId: string) => ticked.has(taskId),
    /** @param isRange Tick all from the one that was ticked last up to this one. */
    toggle: (taskId: string, isRange = false) => {
      const next = new Set(ticked);
      const range = isRange ? findRange(shown, anchor, taskId) : [];
      if (range.length > 0) range.forEach((one) => next.add(one));
      else if (!next.delete(taskId)) next.add(taskId);
      setTicked(next);
      setAnchor(taskId);
    },
    select: (taskIds: readonly string[]) => {
      setTicked(new Set(taskIds));
    },
    clear: () => {
      setTicked(new Set());
    },
  };
}

function findRange(shown: readonly string[], from: string | undefined, to: string): string[] {
  const [a, b] = [from === undefined ? -1 : shown.indexOf(from), shown.indexOf(to)];
  return a < 0 || b < 0 ? [] : shown.slice(Math.min(a, b), Math.max(a, b) + 1);
}

export type Selection = ReturnType<typeof useSelection>;
