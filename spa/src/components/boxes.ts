import type { CSSProperties } from "react";

import type { Instance, Label } from "@/lib/tasks";

/** What is pointed at: all boxes of a label, or the one with this rank. */
export type Spot = { name: string; rank?: number };
export type Spotlight = { active: Spot | null; setActive: (spot: Spot | null) => void };

/** More boxes than this hide the photo: they become thin, and only one shows its name. */
const MOST_NAMED = 8;

export const isCrowd = (labels: readonly Label[]) =>
  labels.reduce((sum, { instances }) => sum + instances.length, 0) > MOST_NAMED;

export type Box = {
  label: Label;
  instance: Instance;
  /** The place among the boxes of its label, from 1. */
  rank: number;
  nameAt: "above" | "inside" | "below";
  /** The side of the box at which its name starts: the one with more room. */
  side: "left" | "right";
  /** Room for the name, as a ratio of the width of the picture. */
  room: number;
};

export const isLit = ({ label, rank }: Box, active: Spot | null) =>
  active?.name === label.name && (active.rank === undefined || active.rank === rank);

/** Draw large boxes first, so that a small box inside a large one can be pointed at. */
export function sortBoxes(labels: readonly Label[]): Box[] {
  const area = ({ instance: { boundingBox } }: Box) => boundingBox.width * boundingBox.height;
  const boxes = labels
    .flatMap((label) =>
      label.instances.map((instance, i): Box => ({
        label,
        instance,
        rank: i + 1,
        nameAt: "above",
        ...findRoom(instance),
      })),
    )
    .sort((a, b) => area(b) - area(a));
  return boxes.map((box, i) => ({ ...box, nameAt: placeName(box, boxes.slice(0, i)) }));
}

/** The order in which arrow keys visit the boxes: as one reads the photo. */
export const sortForReading = (boxes: readonly Box[]): Box[] =>
  [...boxes].sort(
    ({ instance: { boundingBox: a } }, { instance: { boundingBox: b } }) =>
      a.left + a.width / 2 - (b.left + b.width / 2) || a.top - b.top,
  );

function findRoom({ boundingBox: { left, width } }: Instance): Pick<Box, "side" | "room"> {
  const [toRight, toLeft] = [1 - left, left + width];
  return toRight >= toLeft ? { side: "left", room: toRight } : { side: "right", room: toLeft };
}

const NAME_HEIGHT = 0.06;
const NAME_WIDTH = 0.2;

/** Place a name above its box, inside the picture, and clear of other names that start there. */
function placeName({ instance }: Box, larger: Box[]): Box["nameAt"] {
  const { left, top } = instance.boundingBox;
  const isTaken = larger.some(({ instance: { boundingBox: other } }) => {
    const isNear = Math.abs(other.top - top) < NAME_HEIGHT;
    return isNear && Math.abs(other.left - left) < NAME_WIDTH;
  });
  if (isTaken) return "below";
  return top < NAME_HEIGHT ? "inside" : "above";
}

export function placeBox({ instance, room }: Box, color: string | undefined): CSSProperties {
  const { boundingBox } = instance;
  const percent = (ratio: number) => `${(ratio * 100).toFixed(3)}%`;
  return {
    left: percent(boundingBox.left),
    top: percent(boundingBox.top),
    width: percent(boundingBox.width),
    height: percent(boundingBox.height),
    "--box": color,
    "--room": room.toFixed(4),
  } as CSSProperties;
}
