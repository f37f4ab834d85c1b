import { createContext, type CSSProperties, type ReactNode, use } from "react";

import classes from "./gallery.module.css";

/** The ratio of all tiles of a gallery whose tiles are equal. */
const EvenRatio = createContext<number | undefined>(undefined);

type GalleryProps = {
  label: string;
  /** One ratio for all tiles: then nothing moves when the size of a photo becomes known. */
  even?: number | undefined;
  /** So many tiles in each row, if they are equal. */
  columns?: number | undefined;
  /** The height of the photos, if all of them are one row. */
  rowPx?: number | undefined;
  children: ReactNode;
};

/** Photos in rows of equal height. Each keeps its ratio, unless all tiles are equal. */
export function Gallery({ label, even, columns, rowPx, children }: GalleryProps) {
  return (
    <EvenRatio value={even}>
      <ul
        className={classes.gallery}
        aria-label={label}
        data-even={even !== undefined || undefined}
        data-columns={columns !== undefined || undefined}
        data-row={rowPx !== undefined || undefined}
        style={{ "--columns": columns, "--row": rowPx && `${rowPx}px` } as CSSProperties}
      >
        {children}
      </ul>
    </EvenRatio>
  );
}

const NARROWEST = 0.7;
const WIDEST = 2.2;

type TileProps = { ratio: number; children: ReactNode };

export function Tile({ ratio, children }: TileProps) {
  const shown = useShownRatio(ratio);
  return (
    <li className={classes.tile} style={{ "--ratio": shown } as CSSProperties}>
      {children}
    </li>
  );
}

type FrameProps = { ratio: number; children: ReactNode };

/** Crops a photo and its boxes to a tile of another ratio. */
export function TileFrame({ ratio, children }: FrameProps) {
  const shown = useShownRatio(ratio);
  const shape = ratio > shown ? "wide" : "tall";
  return (
    <div className={classes.frame}>
      <div className={classes.picture} data-shape={shape} style={{ aspectRatio: ratio }}>
        {children}
      </div>
    </div>
  );
}

function useShownRatio(ratio: number): number {
  const even = use(EvenRatio);
  return even ?? getTileRatio(ratio);
}

/** The ratio of the tile of a photo: panoramas and towers are cropped. */
export const getTileRatio = (ratio: number) => Math.min(Math.max(ratio, NARROWEST), WIDEST);
