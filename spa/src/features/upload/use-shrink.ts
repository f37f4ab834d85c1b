import { useLocalStorage } from "@mantine/hooks";

/** Whether large photos are shrunk before sending. On by default; the choice is stored. */
export function useShrink() {
  const [shrink, setShrink] = useLocalStorage({
    key: "spotter.shrink",
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  return { shrink, setShrink };
}
