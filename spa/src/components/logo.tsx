import classes from "./logo.module.css";

export function Logo() {
  return (
    <span className={classes.logo}>
      <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
        <rect width="32" height="32" rx="9" className={classes.tile} />
        <path
          d="M7.500 12V9.500a2 2 0 0 1 2-2H12M20 7.500h2.500a2 2 0 0 1 2 2V12M24.500 20v2.500a2 2 0 0 1-2 2H20M12 24.500H9.500a2 2 0 0 1-2-2V20"
          className={classes.frame}
        />
        <circle cx="16" cy="16" r="3.500" className={classes.spot} />
      </svg>
      Spotter
    </span>
  );
}
