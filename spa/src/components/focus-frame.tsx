import classes from "./focus-frame.module.css";

/** The focus frame of a camera: four corners inside the nearest positioned element. */
export function FocusFrame() {
  return ["nw", "ne", "sw", "se"].map((corner) => (
    <span key={corner} className={classes.corner} data-at={corner} aria-hidden="true" />
  ));
}
