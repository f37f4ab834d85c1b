import { useLocalStorage } from "@mantine/hooks";

import type { Feature } from "@/lib/tasks";

/** What to look for in photos. Labels always; colours and quality if asked. The choice is stored. */
export function useFeatures() {
  const [properties, setProperties] = useLocalStorage({
    key: "spotter.properties",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const features: Feature[] = properties ? ["labels", "properties"] : ["labels"];
  return { features, properties, setProperties };
}
