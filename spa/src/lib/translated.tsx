import i18next from "i18next";
import { type ReactNode, useMemo, useSyncExternalStore } from "react";

import { createTranslation, type Language, TranslationContext } from "./i18n";

/** Gives the parts in it the texts and words of the chosen language, and renews them with it. */
export function Translated({ children }: { children: ReactNode }) {
  const language = useSyncExternalStore(subscribe, getLanguage);
  const translation = useMemo(() => createTranslation(language), [language]);
  return <TranslationContext value={translation}>{children}</TranslationContext>;
}

function subscribe(renew: () => void) {
  i18next.on("languageChanged", renew);
  return () => {
    i18next.off("languageChanged", renew);
  };
}

const getLanguage = () => i18next.language as Language;
