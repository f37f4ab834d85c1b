import type { CSSProperties, ReactNode } from "react";

import classes from "./gallery.module.css";

type GalleryProps = { label: string; children: ReactNode };

/** Photos in rows of equal height. Each keeps its ratio: none is cropped, none moves on load. */
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

/** Crops a panorama and its boxes to the tile. */
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
