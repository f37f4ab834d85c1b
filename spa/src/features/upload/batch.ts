import { LIKELY, pickShown } from "@/lib/labels";
import { isFinished, type Task } from "@/lib/tasks";

import type { UploadItem } from "./upload-item";

/** A photo of this visit, and its task once it is known. */
export type Member = { item: UploadItem; task: Task | undefined };

type Outcome = "done" | "failed" | "open";

const getOutcome = ({ item, task }: Member): Outcome => {
  if (item.status === "failed") return "failed";
  if (!task || !isFinished(task)) return "open";
  return task.status === "succeeded" ? "done" : "failed";
};

/** Refused files and duplicates become no photos of this visit. */
export const isMember = ({ status }: UploadItem) => status !== "refused" && status !== "duplicate";

/** How far the photos of this visit have come. */
export function countBatch(members: readonly Member[]): Record<Outcome | "all", number> {
  const outcomes = members.map(getOutcome);
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  return { all: members.length, done: count("done"), failed: count("failed"), open: count("open") };
}

/** What was found most often: English names and numbers of photos. */
export function countNames(members: readonly Member[], most: number): [string, number][] {
  const counts = new Map<string, number>();
  for (const { task } of members) {
    for (const { name } of pickShown(task?.labels ?? [], LIKELY)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, most);
}

/** The pace of so many photos tells how long the others take. */
const PACE_OF = 8;
const FEWEST = 3;
/** Photos that were finished before such a pause tell nothing about the pace of now. */
const PAUSE_MS = 30_000;

/**
 * Seconds until the open photos are done, if the others take as long as the last ones took.
 *
 * @returns undefined until some photos were finished one after the other.
 */
export function estimateSeconds(members: readonly Member[]): number | undefined {
  const { open } = countBatch(members);
  const times = members
    .map(({ task }) => Date.parse(task?.finishedAt ?? ""))
    .filter((time) => !Number.isNaN(time))
    .sort((a, b) => b - a)
    .slice(0, PACE_OF);
  const pause = times.findIndex((time, i) => (times[i - 1] ?? time) - time > PAUSE_MS);
  const recent = pause < 0 ? times : times.slice(0, pause);
  const [last, first] = [recent[0], recent.at(-1)];
  if (open === 0 || recent.length < FEWEST || last === undefined || first === undefined) return;
  return Math.max(1, Math.round((((last - first) / (recent.length - 1)) * open) / 1_000));
}
