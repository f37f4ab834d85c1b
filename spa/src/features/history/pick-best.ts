import type { Task } from "@/lib/tasks";

/** The photo that is best to keep: the one with the most pixels, then bytes, then the oldest one. */
export function pickBest(tasks: readonly Task[]): Task {
  const [best] = [...tasks].sort(
    (one, other) =>
      countPixels(other) - countPixels(one) ||
      other.sizeBytes - one.sizeBytes ||
      Date.parse(one.createdAt) - Date.parse(other.createdAt),
  );
  if (!best) throw new Error("A group has photos");
  return best;
}

const countPixels = ({ image: { width, height } }: Task) => (width ?? 0) * (height ?? 0);
