import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { Gallery, getTileRatio } from "@/components/gallery";
import { TaskCard } from "@/components/task-card";
import { useDelete } from "@/components/use-delete";
import { useFormat, useTranslation } from "@/lib/i18n";
import { findPicture, USUAL_RATIO } from "@/lib/pictures";
import type { Place } from "@/lib/place";
import type { Task } from "@/lib/tasks";

import { layRows, type Row } from "./rows";
import { SelectBox } from "./select-box";
import classes from "./task-rows.module.css";
import { useFastScroll, useHeld } from "./use-fast-scroll";
import type { Selection } from "./use-selection";

const PHONE = "(max-width: 30em)";
const PHONE_COLUMNS = 3;
const FIRST_WIDTH_PX = 1000;
const GAP_PX = 14;
const PHONE_GAP_PX = 6;
/**
 * Heights from the styles, in rem: the words below a photo or of a day, and the gap below them.
 * A row with another height is laid out twice.
 */
const CAPTION = 0.5 + 1.35 * (0.875 + 0.8125) + 1;
const PHONE_CAPTION = 0.25 + 1.35 * 0.75 + 0.6;
const DAY = 0.5 + 1.55 + 1;
const PHONE_DAY = 0.5 + 1.55 + 0.6;
/** Rows beyond the screen, so that fast scrolling shows photos. */
const ROWS_AHEAD = 4;

type Props = {
  tasks: readonly Task[];
  hasMore: boolean;
  selection: Selection;
  place: Place;
  /** Is told a moment of the day that is at the top of the screen. */
  onSeen?: (at: string | undefined) => void;
  /** Is told the photos that are on the screen while nobody scrolls. */
  onRest?: (tasks: readonly Task[]) => void;
};

/** The photos in days. Only those near the screen are in the document. */
export function TaskRows({ tasks, hasMore, selection, place, onSeen, onRest }: Props) {
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false });
  const { ref: sizeRef, width } = useWidth();
  const rows = useRows(tasks, { widthPx: width || FIRST_WIDTH_PX, isPhone, hasMore });
  const { list, virtualizer } = useVirtualRows(rows, isPhone);
  const isFast = useFastScroll();
  const seen = findDay(rows, virtualizer.range?.startIndex);
  useEffect(() => {
    onSeen?.(seen);
  }, [seen, onSeen]);
  const { range, isScrolling } = virtualizer;
  useEffect(() => {
    if (range && !isScrolling)
      onRest?.(listTasks(rows.slice(range.startIndex, range.endIndex + 1)));
  });
  return (
    <div ref={sizeRef}>
      <div
        ref={list}
        className={classes.rows}
        style={{ height: virtualizer.getTotalSize() }}
        data-still
      >
        {virtualizer.getVirtualItems().map(({ key, index, start }) => {
          const row = rows[index];
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              className={classes.row}
              style={{ transform: `translateY(${start - virtualizer.options.scrollMargin}px)` }}
            >
              {row?.kind === "day" && <Day row={row} />}
              {row?.kind === "photos" && (
                <PhotoRow
                  row={row}
                  isPhone={isPhone}
                  isFast={isFast}
                  selection={selection}
                  place={place}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** A moment of the day that a row belongs to. */
function findDay(rows: readonly Row[], index = 0): string | undefined {
  const heading = rows.slice(0, index + 1).findLast(({ kind }) => kind === "day");
  return heading?.kind === "day" ? heading.at : undefined;
}

const listTasks = (rows: readonly Row[]) =>
  rows.flatMap((row) => (row.kind === "photos" ? row.tasks : []));

/** The width of an element, known before it is painted: photos that are laid out again jump. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = ref;
    if (!current) return;
    const measure = () => {
      setWidth(current.getBoundingClientRect().width);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => {
      observer.disconnect();
    };
  }, []);
  return { ref, width };
}

type RowOptions = { widthPx: number; isPhone: boolean; hasMore: boolean };

function useRows(tasks: readonly Task[], { widthPx, isPhone, hasMore }: RowOptions): Row[] {
  return useMemo(
    () =>
      layRows(tasks, {
        widthPx,
        // As in the style of the gallery
        rowPx: Math.min(Math.max(152, innerWidth * 0.17), 224),
        gapPx: isPhone ? PHONE_GAP_PX : GAP_PX,
        columns: isPhone ? PHONE_COLUMNS : undefined,
        hasMore,
        ratioOf: (task) => getTileRatio(readRatio(task)),
      }),
    [tasks, widthPx, isPhone, hasMore],
  );
}

function readRatio(task: Task): number {
  const { width, height } = findPicture(task, "thumbnail") ?? task.image;
  return width && height ? width / height : USUAL_RATIO;
}

function useVirtualRows(rows: readonly Row[], isPhone: boolean) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [rem] = useState(readRem);
  // What is above the list changes its height: a notice, an error, the words.
  useLayoutEffect(() => {
    const { current } = list;
    if (current) setTop(current.getBoundingClientRect().top + scrollY);
  }, [rows]);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    overscan: ROWS_AHEAD,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.key ?? index,
    // Measured sizes are whole pixels too.
    estimateSize: (index) => {
      const row = rows[index];
      if (row?.kind !== "photos") return Math.round(rem * (isPhone ? PHONE_DAY : DAY));
      return Math.round(row.heightPx + rem * (isPhone ? PHONE_CAPTION : CAPTION));
    },
  });
  return { list, virtualizer };
}

const USUAL_REM_PX = 16;

/** Pixels of one rem. The reader may have made the letters larger. */
const readRem = () =>
  parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_REM_PX;

function Day({ row: { at, count } }: { row: Extract<Row, { kind: "day" }> }) {
  const format = useFormat();
  return (
    <h2 className={classes.day}>
      {format.day(at)} <span className={classes.count}>{count}</span>
    </h2>
  );
}

type PhotosProps = Pick<Props, "selection" | "place"> & {
  row: Extract<Row, { kind: "photos" }>;
  isPhone: boolean;
  isHeld: boolean;
};

/** A row that comes while the page is scrolled fast gets its pictures when that ends. */
function PhotoRow({ isFast, ...row }: Omit<PhotosProps, "isHeld"> & { isFast: boolean }) {
  return <Photos {...row} isHeld={useHeld(isFast)} />;
}

/** Each step of scrolling renders the list, but its rows stay as they are. */
const Photos = memo(function Photos({ row, isPhone, isHeld, selection, place }: PhotosProps) {
  const { tasks, heightPx } = row;
  const { t } = useTranslation();
  const deleteTasks = useDelete();
  return (
    <Gallery
      label={t("history.title")}
      rowPx={isPhone ? undefined : heightPx}
      even={isPhone ? 1 : undefined}
      columns={isPhone ? PHONE_COLUMNS : undefined}
    >
      {tasks.map((task) => (
        <TaskCard
          key={task.taskId}
          task={task}
          place={place}
          isSmall={isPhone}
          isHeld={isHeld}
          onDelete={() => {
            deleteTasks([task.taskId]);
          }}
          selection={{
            isSelected: selection.has(task.taskId),
            isSelecting: selection.selected.length > 0,
            toggle: () => {
              selection.toggle(task.taskId);
            },
          }}
          select={<SelectBox task={task} selection={selection} />}
        />
      ))}
    </Gallery>
  );
});
