import i18next, { type ParseKeys } from "i18next";
import { createContext, use } from "react";

import en from "@/locales/en.json";

import { getFormat, pickRegion } from "./format";

export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;
export type TextKey = ParseKeys;

/** Words for labels by English name, in one language. */
export type Words = Readonly<Partial<Record<string, string>>>;

const WORDS = "words";
const STORAGE_KEY = "spotter.language";

declare module "i18next" {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- merged into theirs
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

// English is the fallback and part of the page. The other languages load on demand.
const loaders: Record<Exclude<Language, "en">, () => Promise<Loaded>> = {
  de: () => load(import("@/locales/de.json"), import("@words/de.json")),
  es: () => load(import("@/locales/es.json"), import("@words/es.json")),
};

type Loaded = { texts: typeof en; words: Words };

async function load(
  texts: Promise<{ default: typeof en }>,
  words: Promise<{ default: Words }>,
): Promise<Loaded> {
  return { texts: (await texts).default, words: (await words).default };
}

export async function startI18n(): Promise<void> {
  await i18next.init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  await setLanguage(pickLanguage(), { remember: false });
}

export async function setLanguage(language: Language, { remember = true } = {}): Promise<void> {
  if (language !== "en" && !i18next.hasResourceBundle(language, "translation")) {
    const { texts, words } = await loaders[language]();
    i18next.addResourceBundle(language, "translation", texts);
    i18next.addResourceBundle(language, WORDS, words);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  if (remember) localStorage.setItem(STORAGE_KEY, language);
}

/** The stored language, or the first language of the browser that we have. */
export function pickLanguage(
  remembered = localStorage.getItem(STORAGE_KEY),
  wanted: readonly string[] = navigator.languages,
): Language {
  const candidates = [remembered, ...wanted].map((tag) => tag?.split("-")[0]);
  return candidates.find(isLanguage) ?? "en";
}

const isLanguage = (tag: string | undefined): tag is Language =>
  tag !== undefined && tag in LANGUAGES;

const NO_WORDS: Words = {};

/** All that depends on the language. */
export function createTranslation(language = i18next.language as Language) {
  const words = (i18next.getResourceBundle(language, WORDS) as Words | undefined) ?? NO_WORDS;
  return {
    language,
    t: i18next.getFixedT(language),
    format: getFormat(pickRegion(language, navigator.languages)),
    /** How the page calls labels. The API and stored results keep the English names. */
    labelWords: {
      language,
      say: (name: string) => words[name] ?? name,
      /** For the `lang` attribute: a name without a word in the user's language is English. */
      getLang: (name: string) => (words[name] === undefined ? "en" : undefined),
    },
  };
}

export type Translation = ReturnType<typeof createTranslation>;
export type LabelWords = Translation["labelWords"];

/**
 * One object for the whole page. A hook with a state of its own in each part made a long list slow.
 */
export const TranslationContext = createContext<Translation | undefined>(undefined);

export function useTranslation(): Translation {
  const translation = use(TranslationContext);
  if (translation === undefined) throw new Error("Put this part of the page into <Translated>.");
  return translation;
}

export const useFormat = () => useTranslation().format;
export const useLabelWords = () => useTranslation().labelWords;

/** The text for an error code. For an unknown code, the message of the error itself. */
export function useErrorText() {
  const { t } = useTranslation();
  return (code: string, fallback?: string) =>
    i18next.exists(`errors.${code}`)
      ? t(`errors.${code}` as TextKey)
      : (fallback ?? t("errors.internal_error"));
}
