import type { CSSProperties, ReactNode } from "react";

import classes from "./gallery.module.css";

type GalleryProps = { label: string; children: ReactNode };

/** Photos in rows of one height, each as wide as it is: nothing is cut off, nothing jumps. */
export function Gallery({ label, children }: GalleryProps) {
  return (
    <ul className={classes.gallery} aria-label={label}>
      {children}
    </ul>
  );
}

const NARROWEST = 0.7;
const WIDEST = 2.2;

type TileProps = { ratio: number; children: ReactNode };

export function Tile({ ratio, children }: TileProps) {
  const shown = Math.min(Math.max(ratio, NARROWEST), WIDEST);
  return (
    <li className={classes.tile} style={{ "--ratio": shown } as CSSProperties}>
      {children}
    </li>
  );
}

type FrameProps = { ratio: number; children: ReactNode };

/** Cuts a panorama to its tile, boxes and all. */
export function TileFrame({ ratio, children }: FrameProps) {
  const shape = ratio > WIDEST ? "wide" : ratio < NARROWEST ? "tall" : "fits";
  return (
    <div className={classes.frame}>
      <div className={classes.picture} data-shape={shape} style={{ aspectRatio: ratio }}>
        {children}
      </div>
    </div>
  );
}
