import { useErrorText } from "@/lib/i18n";
import { OfflineError, toAppError } from "@/lib/errors";

import { WarningIcon } from "./icons";
import classes from "./problem.module.css";

type Props = { error: unknown; children?: React.ReactNode };

/** Shows an error in plain words; a screen reader reads it at once. */
export function Problem({ error, children }: Props) {
  const errorText = useErrorText();
  if (!error) return null;
  const { code, message } = toAppError(error);
  return (
    <div className={classes.problem} role="alert">
      <WarningIcon />
      <div>
        {errorText(code, code === message ? undefined : message)}
        {children}
      </div>
    </div>
  );
}

type Query = { error: unknown; data: unknown; fetchStatus: string };

/** Why a query has nothing to show. TanStack Query waits for the network without an error. */
export const findProblem = ({ error, data, fetchStatus }: Query): unknown =>
  error ?? (data === undefined && fetchStatus === "paused" ? new OfflineError() : null);
