import type { Label } from "@/lib/tasks";

/** Visible on any photo. Dark text on each colour has a contrast of at least 7 to 1. */
const COLORS = [
  "#ffc53d",
  "#6fd3ff",
  "#ff9d8a",
  "#7ee8a8",
  "#d3b4ff",
  "#ffa3d4",
  "#cfe85a",
  "#8fe3df",
] as const;

/** A colour for every label that has boxes, the same wherever the task is shown. */
export function pickColors(labels: readonly Label[]): Map<string, string> {
  const pickColor = createColorPicker();
  const boxed = labels.filter(({ instances }) => instances.length > 0);
  return new Map(boxed.map(({ name }) => [name, pickColor(name)]));
}

/** Gives each new name the next colour, and the same name always the same. */
export function createColorPicker(): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const color = known.get(name) ?? COLORS[known.size % COLORS.length] ?? COLORS[0];
    known.set(name, color);
    return color;
  };
}
