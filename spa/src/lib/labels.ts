import type { Label, Task } from "./tasks";

/** Labels from here on are more likely right than wrong. The slider of a result starts here. */
export const LIKELY = 50;

/**
 * The labels that get a line of their own. A wider name is shown beside the narrower one instead.
 *
 * A label with boxes always keeps its line, such as "dog" beside "German Shepherd".
 */
export function pickShown(labels: readonly Label[], least: number): Label[] {
  const sure = pickSure(labels, least);
  const wider = new Set(sure.flatMap(({ parents }) => parents.map(({ name }) => name)));
  return sure.filter(({ name, instances }) => instances.length > 0 || !wider.has(name));
}

/** All labels and boxes with at least this confidence, wider names included. */
export const pickSure = (labels: readonly Label[], least: number): Label[] =>
  labels
    .filter(({ confidence }) => confidence >= least)
    .map((label) => ({
      ...label,
      instances: label.instances.filter(({ confidence }) => confidence >= least),
    }));

/** Where the slider of a result starts: lower if nothing is likely, so that something is shown. */
export const findStart = ({ labels, minConfidence }: Pick<Task, "labels" | "minConfidence">) =>
  pickShown(labels, LIKELY).length > 0 ? Math.max(LIKELY, minConfidence) : minConfidence;

/** The label whose boxes show where a label is: itself, or its nearest wider name with boxes. */
export function findBoxed(label: Label, labels: readonly Label[]): string {
  const boxed = new Set(labels.filter(({ instances }) => instances.length > 0).map((l) => l.name));
  const candidates = [label.name, ...label.parents.map(({ name }) => name)];
  return candidates.find((name) => boxed.has(name)) ?? label.name;
}
