import type { OptionsFilter } from "@mantine/core";

import { isStarted } from "@/lib/search-words";

/** Suggest what starts with the query: a search finds nothing in the middle of words. */
export const filterStarted: OptionsFilter = ({ options, search, limit }) =>
  options.filter((option) => "label" in option && isStarted(search, option.label)).slice(0, limit);
