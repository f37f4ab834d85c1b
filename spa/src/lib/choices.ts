import { useLocalStorage } from "@mantine/hooks";

/** Choices of a user about what is sent. This browser stores them; both are on by default. */
const useChoice = (name: "shrink" | "stripMetadata") =>
  useLocalStorage({
    key: `spotter.${name}`,
    defaultValue: true,
    getInitialValueInEffect: false,
  });

/** Whether large photos are shrunk before sending. */
export function useShrink() {
  const [shrink, setShrink] = useChoice("shrink");
  return { shrink, setShrink };
}

/** Whether place and camera are removed from photos before they are stored. */
export function useStripMetadata() {
  const [stripMetadata, setStripMetadata] = useChoice("stripMetadata");
  return { stripMetadata, setStripMetadata };
}
