import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type CSSProperties, useState } from "react";

import { daysQuery } from "@/lib/days";
import { useFormat, useTranslation } from "@/lib/i18n";
import { useApi } from "@/lib/services";

import classes from "./day-scrubber.module.css";

/** While it is dragged, only the day changes. The photos follow when it rests. */
const REST_MS = 250;
const NO_DAYS: string[] = [];

type Props = {
  /** When the photo at the top of the screen was sent. */
  seenAt: string | undefined;
  /** Show the photos of this day and older ones; an empty text shows the newest ones. */
  onJump: (day: string) => void;
};

/**
 * Where the user dragged it. It stays there while it is moved, and then until other photos are seen
 * than those that it `leaves`: the photos of the new day have to come first.
 */
type Dragged =
  | { state: "moving"; place: number }
  | { state: "arriving"; place: number; leaves: string | undefined };

/** A slider beside the photos, from the newest day to the oldest one. */
export function DayScrubber({ seenAt, onJump }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: days = NO_DAYS } = useQuery(daysQuery(useApi()));
  const [dragged, setDragged] = useState<Dragged>();
  const jump = useDebouncedCallback((place: number) => {
    setDragged({ state: "arriving", place, leaves: seenAt });
    onJump(place === 0 ? "" : toDay(days[place]));
  }, REST_MS);
  const last = days.length - 1;
  // It has arrived, and follows what is seen from now on, also back to where it was.
  if (dragged?.state === "arriving" && dragged.leaves !== seenAt) setDragged(undefined);
  const place = dragged ? dragged.place : findPlace(days, seenAt);
  const day = days[place];
  if (last < 1 || day === undefined) return null;
  return (
    <div className={classes.side}>
      <div
        className={classes.scrubber}
        data-moving={dragged?.state === "moving" || undefined}
        style={{ "--place": place / last } as CSSProperties}
      >
        <input
          type="range"
          aria-orientation="vertical"
          aria-label={t("history.jump")}
          aria-valuetext={format.day(day)}
          min={0}
          max={last}
          value={place}
          onChange={(event) => {
            const wanted = Number(event.currentTarget.value);
            setDragged({ state: "moving", place: wanted });
            jump(wanted);
          }}
        />
        <span className={classes.day} aria-hidden="true">
          {format.date(day)}
        </span>
      </div>
    </div>
  );
}

/** The day that is seen, or the next older one that has photos. */
function findPlace(days: readonly string[], seenAt: string | undefined): number {
  if (seenAt === undefined) return 0;
  const seen = toDay(seenAt);
  const place = days.findIndex((day) => toDay(day) <= seen);
  return place < 0 ? days.length - 1 : place;
}

/** The day where the reader is, such as 2026-11-22. */
function toDay(at = ""): string {
  const date = new Date(at);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}
