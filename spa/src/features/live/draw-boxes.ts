import type { ShownBox } from "./box-tracks";

const LINE_PX = 2.5;
const CORNER_PX = 6;
const TEXT_PX = 13;
const PAD_PX = 6;
const TAG_PX = 22;
const INK = "#17191c";
const SEAM = "rgb(0 0 0 / 55%)";

type Style = { pickColor: (name: string) => string; say: (box: ShownBox) => string };

/** Draw boxes over a video that has the same ratio as the canvas. Lines keep their width. */
export function drawBoxes(canvas: HTMLCanvasElement, boxes: ShownBox[], style: Style): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  fitToScreen(canvas, context);
  context.clearRect(0, 0, width, height);
  context.font = `650 ${TEXT_PX}px "Instrument Sans Variable", system-ui, sans-serif`;
  context.textBaseline = "middle";
  for (const shown of boxes) {
    const { left, top } = shown.box;
    const [x, y] = [left * width, top * height];
    context.globalAlpha = shown.opacity;
    const frame = [x, y, shown.box.width * width, shown.box.height * height] as const;
    // A dark seam keeps the line visible on any picture.
    strokeBox(context, frame, SEAM, LINE_PX + 2);
    strokeBox(context, frame, style.pickColor(shown.name), LINE_PX);
    drawTag(context, style.say(shown), style.pickColor(shown.name), x, y);
  }
  context.globalAlpha = 1;
}

/** One unit of the canvas is one CSS pixel, sharp on dense screens. */
function fitToScreen(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): void {
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  // Setting a size clears the canvas, so set it only when it changes.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
}

function strokeBox(
  context: CanvasRenderingContext2D,
  frame: readonly [number, number, number, number],
  color: string,
  lineWidth: number,
): void {
  context.beginPath();
  context.roundRect(...frame, CORNER_PX);
  context.strokeStyle = color;
  context.lineWidth = lineWidth;
  context.stroke();
}

/** The name, above its box or inside it, and always inside the picture. */
function drawTag(
  context: CanvasRenderingContext2D,
  text: string,
  color: string,
  x: number,
  y: number,
): void {
  const width = context.measureText(text).width + 2 * PAD_PX;
  const left = Math.max(0, Math.min(x - LINE_PX / 2, context.canvas.clientWidth - width));
  const top = y < TAG_PX ? Math.max(y, 0) : y - TAG_PX;
  context.beginPath();
  context.roundRect(left, top, width, TAG_PX, CORNER_PX);
  context.fillStyle = color;
  context.fill();
  context.fillStyle = INK;
  context.fillText(text, left + PAD_PX, top + TAG_PX / 2 + 1);
}
