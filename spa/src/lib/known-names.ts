import { useQuery } from "@tanstack/react-query";

/** The English names of all that the service can name: the keys of each dictionary. */
const loadNames = async () => Object.keys((await import("@words/de.json")).default);

const NONE: string[] = [];

/** All names that a label can have. Loaded when they are wanted. */
export function useKnownNames(isWanted: boolean): string[] {
  const { data } = useQuery({
    queryKey: ["known-names"],
    queryFn: loadNames,
    enabled: isWanted,
    staleTime: Infinity,
  });
  return data ?? NONE;
}
