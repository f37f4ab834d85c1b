import { useState } from "react";

/** The selected tasks. A task that is no longer shown is no longer selected. */
export function useSelection(shown: readonly string[]) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const selected = shown.filter((taskId) => ticked.has(taskId));
  return {
    selected,
    isAll: selected.length > 0 && selected.length === shown.length,
    has: (taskId: string) => ticked.has(taskId),
    toggle: (taskId: string) => {
      const next = new Set(ticked);
      if (!next.delete(taskId)) next.add(taskId);
      setTicked(next);
    },
    selectAll: () => {
      setTicked(new Set(shown));
    },
    clear: () => {
      setTicked(new Set());
    },
  };
}

export type Selection = ReturnType<typeof useSelection>;
