import boxed from "@vocabulary/coco.json";
import whole from "@vocabulary/imagenet.json";

/** Something that the service can name, in English. */
export type Name = {
  name: string;
  aliases: readonly string[];
  /** Wider names, the nearest first. */
  parents: readonly string[];
  /** Names of kinds of it. */
  narrower: readonly string[];
};

/** Names that are kinds of the same widest name; those without one are kinds of nothing. */
export type Group = { widest: string | undefined; names: Name[] };

/** All that the networks of the service can name, wider names included. */
export function loadVocabulary(): Name[] {
  const found = new Map<string, { aliases: Set<string>; parents: readonly string[] }>();
  for (const { name, aliases, parents } of [...boxed, ...whole]) {
    const known = found.get(name);
    const all = new Set([...(known?.aliases ?? []), ...aliases]);
    found.set(name, { aliases: all, parents: known?.parents ?? parents });
  }
  const narrower = new Map<string, string[]>();
  for (const [name, { parents }] of [...found]) {
    parents.forEach((parent, i) => {
      narrower.set(parent, [...(narrower.get(parent) ?? []), name]);
      if (!found.has(parent)) {
        found.set(parent, { aliases: new Set(), parents: parents.slice(i + 1) });
      }
    });
  }
  return [...found].map(([name, { aliases, parents }]) => ({
    name,
    aliases: [...aliases],
    parents,
    narrower: narrower.get(name) ?? [],
  }));
}

/** The largest group first, and last what is a kind of nothing wider. */
export function groupNames(names: readonly Name[]): Group[] {
  const groups = new Map<string | undefined, Name[]>();
  for (const one of names) {
    const widest = one.parents.at(-1) ?? (one.narrower.length > 0 ? one.name : undefined);
    groups.set(widest, [...(groups.get(widest) ?? []), one]);
  }
  return [...groups]
    .map(([widest, members]) => ({ widest, names: members }))
    .sort(
      (a, b) =>
        Number(a.widest === undefined) - Number(b.widest === undefined) ||
        b.names.length - a.names.length,
    );
}
