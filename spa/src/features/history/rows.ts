import type { Task } from "@/lib/tasks";

/** A row of the history: the heading of a day, or photos that were sent on it. */
export type Row =
  | { kind: "day"; key: string; at: string; count: number | undefined }
  | { kind: "photos"; key: string; tasks: Task[]; heightPx: number };

export type Shape = {
  widthPx: number;
  /** How high a row of photos is about. */
  rowPx: number;
  gapPx: number;
  /** Square tiles in so many columns, instead of rows of photos with their own ratios. */
  columns?: number | undefined;
  ratioOf: (task: Task) => number;
  /** Whether older tasks are not loaded yet: then nobody knows how many the last day has. */
  hasMore: boolean;
};

/** Lay tasks, which are in order, into rows: what is not on the screen can then be left out. */
export function layRows(tasks: readonly Task[], shape: Shape): Row[] {
  return groupByDay(tasks).flatMap((day, i, days): Row[] => {
    const [first] = day;
    const isWhole = i < days.length - 1 || !shape.hasMore;
    if (!first) return [];
    const heading: Row = {
      kind: "day",
      key: `day ${getDay(first)}`,
      at: first.createdAt,
      count: isWhole ? day.length : undefined,
    };
    const rows = split(day, shape);
    // The next page would fill a row that is not full, and all of its photos would move.
    if (!isWhole && rows.length > 1 && !isFull(rows.at(-1) ?? [], shape)) rows.pop();
    return [heading, ...rows.map((row): Row => toRow(row, shape))];
  });
}

/** The day in the time zone of the reader. */
const getDay = ({ createdAt }: Task) => new Date(createdAt).toDateString();

function groupByDay(tasks: readonly Task[]): Task[][] {
  const days: Task[][] = [];
  let last: string | undefined;
  for (const task of tasks) {
    const name = getDay(task);
    if (name === last) days.at(-1)?.push(task);
    else days.push([task]);
    last = name;
  }
  return days;
}

function split(day: readonly Task[], shape: Shape): Task[][] {
  const rows: Task[][] = [];
  let row: Task[] = [];
  for (const task of day) {
    row.push(task);
    if (isFull(row, shape)) {
      rows.push(row);
      row = [];
    }
  }
  return row.length > 0 ? [...rows, row] : rows;
}

function isFull(row: readonly Task[], { widthPx, rowPx, gapPx, columns, ratioOf }: Shape): boolean {
  if (columns !== undefined) return row.length === columns;
  const photosPx = row.reduce((sum, task) => sum + ratioOf(task) * rowPx, 0);
  return photosPx + gapPx * (row.length - 1) >= widthPx;
}

function toRow(tasks: Task[], { widthPx, rowPx, gapPx, columns, ratioOf }: Shape): Row {
  const gaps = gapPx * ((columns ?? tasks.length) - 1);
  const ratios = columns ?? tasks.reduce((sum, task) => sum + ratioOf(task), 0);
  const full = (widthPx - gaps) / ratios;
  const heightPx = columns === undefined ? Math.min(full, rowPx * 1.2) : full;
  return { kind: "photos", key: tasks[0]?.taskId ?? "", tasks, heightPx };
}
