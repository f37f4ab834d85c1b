import { isCrowd } from "@/components/boxes";
import { pickColors } from "@/components/label-colors";
import type { Label, Task } from "@/lib/tasks";

const QUALITY = 0.92;
const INK = "#17191c";

/** The name of a box, as the page shows it. */
type Say = (name: string, confidence: number) => string;

/** A clipboard takes PNG only. */
export type PictureType = "image/jpeg" | "image/png";

/** Draw the shown picture with its boxes, names and lines of text. */
export async function drawAnnotated(
  url: string,
  { labels, text }: Pick<Task, "labels" | "text">,
  say: Say,
  type: PictureType,
): Promise<Blob> {
  const image = new Image();
  // Without it the canvas could not be read. blob: addresses are of the same origin.
  image.crossOrigin = "anonymous";
  image.src = url;
  await image.decode();
  const bitmap = await createImageBitmap(image);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  drawBoxes(context, labels, say);
  if (text) drawLines(context, text.lines);
  return canvas.convertToBlob({ type, quality: QUALITY });
}

function drawBoxes(
  context: OffscreenCanvasRenderingContext2D,
  labels: readonly Label[],
  say: Say,
): void {
  const { width, height } = context.canvas;
  const unit = Math.max(width, height) / 400;
  const colors = pickColors(labels);
  // As on the page: names would hide a crowd.
  const isThin = isCrowd(labels);
  context.font = `600 ${Math.max(unit * 5, 11)}px system-ui, sans-serif`;
  context.textBaseline = "top";
  for (const { name, instances } of labels) {
    for (const { boundingBox: box, confidence } of instances) {
      const [x, y] = [box.left * width, box.top * height];
      context.lineWidth = isThin ? Math.max(unit / 2, 1) : Math.max(unit, 2);
      context.strokeStyle = colors.get(name) ?? "#fff";
      context.strokeRect(x, y, box.width * width, box.height * height);
      if (!isThin) drawName(context, say(name, confidence), x, y, unit);
    }
  }
}

function drawLines(
  context: OffscreenCanvasRenderingContext2D,
  lines: NonNullable<Task["text"]>["lines"],
): void {
  const { width, height } = context.canvas;
  const unit = Math.max(width, height) / 800;
  for (const { polygon } of lines) {
    context.beginPath();
    for (const { x, y } of polygon) context.lineTo(x * width, y * height);
    context.closePath();
    for (const [color, lineWidth] of [
      [INK, 4 * unit],
      ["#fff", 2 * unit],
    ] as const) {
      context.strokeStyle = color;
      context.lineWidth = lineWidth;
      context.stroke();
    }
  }
}

function drawName(
  context: OffscreenCanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  unit: number,
): void {
  const size = context.measureText(text);
  const textHeight = size.actualBoundingBoxDescent - size.actualBoundingBoxAscent;
  const pad = unit * 1.5;
  const top = Math.max(y - textHeight - 2 * pad, 0);
  const width = size.width + 2 * pad;
  const left = Math.max(Math.min(x - unit / 2, context.canvas.width - width), 0);
  context.fillStyle = context.strokeStyle;
  context.fillRect(left, top, width, textHeight + 2 * pad);
  context.fillStyle = INK;
  context.fillText(text, left + pad, top + pad);
}
