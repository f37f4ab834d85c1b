import { expect, test } from "vitest";

import de from "./de.json";
import en from "./en.json";
import es from "./es.json";

type Texts = Record<string, Record<string, string>>;

const listFormal = (locale: Texts, formal: RegExp) =>
  Object.values(locale).flatMap((texts) => Object.values(texts).filter((one) => formal.test(one)));

const listTexts = (locale: Texts) =>
  Object.entries(locale).flatMap(([section, texts]) =>
    Object.entries(texts).map(([key, text]) => {
      const places = text.match(/\{\{\w+\}\}/g) ?? [];
      return `${section}.${key} ${places.sort().join(" ")}`;
    }),
  );

test.each([
  ["German", de],
  ["Spanish", es],
])("%s has every text of English, with the same placeholders", (_language, locale) => {
  expect(listTexts(locale)).toEqual(listTexts(en));
});

test.each([
  ["German", de, /[^.!?:] Sie\b|\bIhnen\b|\bIhre?[mnrs]?\b/],
  ["Spanish", es, /\busted(es)?\b/i],
])("%s never turns formal", (_language, locale, formal) => {
  expect(listFormal(locale, formal)).toEqual([]);
});
