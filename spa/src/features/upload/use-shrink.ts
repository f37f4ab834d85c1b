import { useLocalStorage } from "@mantine/hooks";

/** Whether large photos are sent smaller. Remembered, and on until somebody turns it off. */
export function useShrink() {
  const [shrink, setShrink] = useLocalStorage({
    key: "spotter.shrink",
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  return { shrink, setShrink };
}
