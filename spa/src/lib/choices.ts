import { useLocalStorage } from "@mantine/hooks";

import { useServices } from "./services";
import type { Engine, Feature } from "./tasks";
import { STAY_KEY } from "./token-store";

/** Choices of a user about what is sent, and what each is at first. This browser stores them. */
const DEFAULTS = { shrink: true, text: false, properties: false, secondOpinion: false };

const useStored = <Value>(key: string, defaultValue: Value) =>
  useLocalStorage({ key, defaultValue, getInitialValueInEffect: false });

const useChoice = (name: keyof typeof DEFAULTS) => useStored(`spotter.${name}`, DEFAULTS[name]);

/** Whether large photos are shrunk before sending. */
export function useShrink() {
  const [shrink, setShrink] = useChoice("shrink");
  return { shrink, setShrink };
}

/** Who recognises photos: our own networks, and Rekognition too where it is offered and wanted. */
export function useEngine() {
  const isOffered = useServices().config.offersRekognition ?? false;
  const [secondOpinion, setSecondOpinion] = useChoice("secondOpinion");
  const engine: Engine = isOffered && secondOpinion ? "auto" : "spotter";
  return { isOffered, engine, secondOpinion, setSecondOpinion };
}

/** What to look for in photos: labels always, text, colours and quality if the user wants them. */
export function useFeatures() {
  const [text, setText] = useChoice("text");
  const [properties, setProperties] = useChoice("properties");
  const features: Feature[] = ["labels"];
  if (text) features.push("text");
  if (properties) features.push("properties");
  return { features, text, setText, properties, setProperties };
}

/** Whether this browser keeps the session after its last tab is closed. */
export function useStay() {
  const [stay, setStay] = useStored(STAY_KEY, false);
  return { stay, setStay };
}

/** Which boxes a result shows: all, those that are pointed at, or none. */
export const BOX_MODES = ["all", "pointed", "none"] as const;
export type BoxMode = (typeof BOX_MODES)[number];

export function useBoxMode() {
  const [mode, setMode] = useStored<BoxMode>("spotter.boxes", "all");
  return { mode: BOX_MODES.includes(mode) ? mode : "all", setMode };
}
