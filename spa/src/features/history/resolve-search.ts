import type { LabelWords } from "@/lib/i18n";
import { isStarted, joinStems } from "@/lib/search-words";
import type { Search } from "@/lib/tasks";
import type { Word } from "@/lib/words";

type Names = {
  /** The names in the user's results, the most frequent first. */
  counted: readonly Word[];
  /** All that the service can name. Empty until it is loaded. */
  known: readonly string[];
};

/**
 * What to ask the API for what somebody typed; undefined if nothing was typed.
 *
 * A whole name finds what the API calls so: "animal" finds every dog, "car" finds no carrot. What
 * names nothing yet stands for the most frequent name that starts with it. Anything else can be in
 * a longer name, in the text of a picture or in its file name.
 */
export function resolveSearch(
  typed: string,
  { counted, known }: Names,
  words: LabelWords,
): Search | undefined {
  if (joinStems(typed, "en") === "") return undefined;
  const mine = counted.map(({ name }) => name);
  const whole = [...mine, ...known].find(createMatch(typed, words));
  if (whole !== undefined) return { label: whole };
  const started =
    known.length === 0 ? undefined : mine.find((name) => startsWith(typed, name, words));
  return started === undefined ? { query: typed.trim() } : { label: started };
}

const startsWith = (typed: string, name: string, { say }: LabelWords) =>
  isStarted(typed, say(name)) || isStarted(typed, name);

/** Whether a name is what somebody typed, in English or in the language of the page. */
function createMatch(typed: string, { say, language }: LabelWords) {
  const [english, own] = [joinStems(typed, "en"), joinStems(typed, language)];
  return (name: string) =>
    joinStems(name, "en") === english || joinStems(say(name), language) === own;
}
