import { useLocalStorage } from "@mantine/hooks";
import { useMemo } from "react";

/** Results are kept for 30 days, so older ids name nothing any more. */
const MOST = 500;
const NONE: string[] = [];

/** The doubles that the user wants to keep. This browser stores their ids, which say nothing. */
export function useKept() {
  const [taskIds, setTaskIds] = useLocalStorage({
    key: "spotter.kept",
    defaultValue: NONE,
    getInitialValueInEffect: false,
  });
  const kept = useMemo(() => new Set(taskIds), [taskIds]);
  const keep = (more: readonly string[]) => {
    setTaskIds((known) => [...known.filter((each) => !more.includes(each)), ...more].slice(-MOST));
  };
  return { kept, keep };
}
