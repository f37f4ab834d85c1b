import { createContext, use } from "react";

import type { Feature } from "./tasks";

type LookCloser = (photo: File, features: Feature[]) => void;

/** Sends a photo again, to be looked at more closely. The page's root says how. */
export const LookCloserContext = createContext<LookCloser | null>(null);

export function useLookCloser(): LookCloser {
  const lookCloser = use(LookCloserContext);
  if (!lookCloser) throw new Error("LookCloserContext is missing");
  return lookCloser;
}
