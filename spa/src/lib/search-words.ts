import type { Language } from "./i18n";

const SHORTEST = 3;

/** Endings of plurals, longest first. Stripped again and again, so one rule serves all numbers. */
const ENDINGS: Record<Language, readonly string[]> = {
  en: ["es", "s", "e"],
  de: ["er", "en", "e", "n", "s"],
  es: ["es", "s", "e"],
};

/** English plurals that no ending makes. */
const IRREGULAR: Partial<Record<string, string>> = {
  people: "person",
  men: "man",
  women: "woman",
  children: "child",
  mice: "mouse",
  geese: "goose",
  feet: "foot",
  teeth: "tooth",
  oxen: "ox",
};

/**
 * The part of a word that its singular and its plural share, in lower case and without accents.
 *
 * Compare it only with another stem of the same language: "Hunde" and "Hund" both give "hund".
 */
export function stem(word: string, language: Language): string {
  const plain = word
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "");
  const singular = language === "en" ? (IRREGULAR[plain] ?? plain) : plain;
  return evenOut(stripEndings(singular, language), language);
}

function stripEndings(word: string, language: Language): string {
  const ending = ENDINGS[language].find((one) => {
    const isDouble = one === "s" && word.endsWith("ss"); // As in "glass", which is no plural
    return word.endsWith(one) && word.length - one.length >= SHORTEST && !isDouble;
  });
  return ending === undefined ? word : stripEndings(word.slice(0, -ending.length), language);
}

/** Last letters that change before a plural: "peces" of "pez", "knives" of "knife". */
function evenOut(word: string, language: Language): string {
  switch (language) {
    case "en":
      return word.replace(/y$/, "i").replace(/v$/, "f");
    case "de":
      return word.replace(/ss$/, "s");
    case "es":
      return word.replace(/z$/, "c");
  }
}

const splitWords = (text: string) =>
  text.split(/[^\p{Letter}\p{Mark}\p{Number}]+/u).filter(Boolean);

/** The stems of all words in a text: the same for the same words in singular and plural. */
export const joinStems = (text: string, language: Language): string =>
  splitWords(text)
    .map((word) => stem(word, language))
    .join(" ");

/** Whether a phrase has a word that starts with a query that somebody is still typing. */
export function isStarted(query: string, phrase: string): boolean {
  const typed = query.trim().toLowerCase();
  const text = phrase.toLowerCase();
  return text.startsWith(typed) || splitWords(text).some((word) => word.startsWith(typed));
}
