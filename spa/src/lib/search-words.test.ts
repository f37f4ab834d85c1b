import { expect, test } from "vitest";

import de from "@words/de.json";
import es from "@words/es.json";

import { isStarted, joinStems, stem } from "./search-words";

test.each([
  ["dogs", "dog"],
  ["buses", "bus"],
  ["glasses", "glass"],
  ["cherries", "cherry"],
  ["knives", "knife"],
  ["wolves", "wolf"],
  ["houses", "house"],
  ["people", "person"],
  ["mice", "mouse"],
])("English: %s finds %s", (query, word) => {
  expect(joinStems(query, "en")).toBe(joinStems(word, "en"));
});

test.each([
  ["Hunde", "Hund"],
  ["Katzen", "Katze"],
  ["Bälle", "Ball"],
  ["Häuser", "Haus"],
  ["Busse", "Bus"],
  ["Fässer", "Fass"],
  ["Autos", "Auto"],
  ["Äpfel", "Apfel"],
  ["Vögeln", "Vogel"],
  ["Schweine", "Schwein"],
  ["fussball", "Fußball"],
])("German: %s finds %s", (query, word) => {
  expect(joinStems(query, "de")).toBe(joinStems(word, "de"));
});

test.each([
  ["perros", "perro"],
  ["leones", "león"],
  ["peces", "pez"],
  ["autobuses", "autobús"],
  ["coches", "coche"],
  ["arboles", "árbol"],
  ["osos polares", "oso polar"],
])("Spanish: %s finds %s", (query, word) => {
  expect(joinStems(query, "es")).toBe(joinStems(word, "es"));
});

test.each([
  ["car", "carrot", "en"],
  ["car", "corgi", "en"],
  ["Hund", "Hundertfüßer", "de"],
  ["gato", "garza", "es"],
] as const)("%s does not find %s", (query, word, language) => {
  expect(joinStems(query, language)).not.toBe(joinStems(word, language));
});

test("a query that somebody is still typing is the start of a word", () => {
  expect(isStarted("Schäf", "Deutscher Schäferhund")).toBe(true);
  expect(isStarted("deutscher sch", "Deutscher Schäferhund")).toBe(true);
  expect(isStarted("fer", "Deutscher Schäferhund")).toBe(false);
});

/** Names that a search cannot tell apart, because one looks like a plural of the other. */
const ALIKE = {
  en: ["glass = glasses"],
  de: ["Spüle = Spule", "Hahn = Häher"],
  es: ["pañal = panal"],
};

test.each([
  ["en", Object.keys(de)],
  ["de", Object.values(de)],
  ["es", Object.values(es)],
] as const)("%s: no two labels have the same stems", (language, names) => {
  const byStems = new Map<string, string[]>();
  for (const name of names) {
    const stems = joinStems(name, language);
    byStems.set(stems, [...(byStems.get(stems) ?? []), name]);
  }
  const alike = [...byStems.values()].filter((group) => group.length > 1);

  expect(alike.map((group) => group.join(" = "))).toEqual(ALIKE[language]);
});

test("a short word keeps its letters", () => {
  expect(stem("bus", "en")).toBe("bus");
  expect(stem("ox", "en")).toBe("ox");
});
