import type { Label } from "./tasks";

/** What is likelier right than wrong. The slider of a result starts here. */
export const LIKELY = 50;

/**
 * The labels that are worth a line: a wider name is told beside the narrower one.
 *
 * One with boxes always stays, as "dog" does beside "German Shepherd".
 */
export function pickShown(labels: readonly Label[], least: number): Label[] {
  const sure = labels
    .filter(({ confidence }) => confidence >= least)
    .map((label) => ({
      ...label,
      instances: label.instances.filter(({ confidence }) => confidence >= least),
    }));
  const wider = new Set(sure.flatMap(({ parents }) => parents.map(({ name }) => name)));
  return sure.filter(({ name, instances }) => instances.length > 0 || !wider.has(name));
}

/** Whose boxes show where a label is: its own, else those of the nearest wider name. */
export function findBoxed(label: Label, labels: readonly Label[]): string {
  const boxed = new Set(labels.filter(({ instances }) => instances.length > 0).map((l) => l.name));
  const candidates = [label.name, ...label.parents.map(({ name }) => name)];
  return candidates.find((name) => boxed.has(name)) ?? label.name;
}
