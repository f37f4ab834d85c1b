import { useLocalStorage } from "@mantine/hooks";

import type { Feature } from "./tasks";

/** Choices of a user about what is sent, and what each is at first. This browser stores them. */
const DEFAULTS = { shrink: true, properties: false };

const useChoice = (name: keyof typeof DEFAULTS) =>
  useLocalStorage({
    key: `spotter.${name}`,
    defaultValue: DEFAULTS[name],
    getInitialValueInEffect: false,
  });

/** Whether large photos are shrunk before sending. */
export function useShrink() {
  const [shrink, setShrink] = useChoice("shrink");
  return { shrink, setShrink };
}

/** What to look for in photos: labels always, colours and quality if the user wants them. */
export function useFeatures() {
  const [properties, setProperties] = useChoice("properties");
  const features: Feature[] = properties ? ["labels", "properties"] : ["labels"];
  return { features, properties, setProperties };
}
