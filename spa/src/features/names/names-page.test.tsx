import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import de from "@words/de.json";

import { inLanguage, renderPart } from "@/testing/services";

import { NamesPage } from "./names-page";
import { groupNames, loadVocabulary } from "./vocabulary";

const listFound = () =>
  screen.getAllByRole("listitem").map((item) => item.firstElementChild?.textContent);

test("the list has every name that other languages have a word for, and no other", () => {
  const names = loadVocabulary().map(({ name }) => name);

  expect(names.sort()).toEqual(Object.keys(de).sort());
});

test("every name is in one group", () => {
  const vocabulary = loadVocabulary();

  const grouped = groupNames(vocabulary).flatMap(({ names }) => names);

  expect(new Set(grouped)).toEqual(new Set(vocabulary));
  expect(grouped).toHaveLength(vocabulary.length);
});

test("a search finds names, aliases and words in the language of the page", async () => {
  await inLanguage("de");
  await renderPart(<NamesPage />);
  const box = screen.getByRole("searchbox");
  expect(screen.getByText(/^\d\.\d{3} Namen für Dinge/)).toBeVisible();

  await userEvent.type(box, "deutscher sch");
  await waitFor(() => {
    expect(listFound()).toEqual(["Deutscher Schäferhund"]);
  });
  expect(screen.getByText("Hund › Tier")).toBeVisible();

  await userEvent.clear(box);
  await userEvent.type(box, "alsatian");
  await waitFor(() => {
    expect(listFound()).toEqual(["Deutscher Schäferhund"]);
  });
});

test("a wide name says what is a kind of it, and its group opens", async () => {
  await renderPart(<NamesPage />);

  const group = screen.getByText("animal").closest("details");
  expect(group).toHaveTextContent(/for example .+, .+/);
  await userEvent.click(screen.getByText("animal"));

  expect(within(group ?? document.body).getByText("German Shepherd")).toBeVisible();
});
