import { Button } from "@mantine/core";
import { useState } from "react";

import { useErrorText, useTranslation } from "@/lib/i18n";
import { OfflineError, toAppError } from "@/lib/errors";

import { WarningIcon } from "./icons";
import classes from "./problem.module.css";

type Props = { error: unknown; onRetry?: () => void };

/** Shows an error in plain words; a screen reader reads it at once. */
export function Problem({ error, onRetry }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  if (!error) return null;
  const { code, message } = toAppError(error);
  return (
    <div className={classes.problem} role="alert">
      <WarningIcon />
      <div>
        {errorText(code, code === message ? undefined : message)}
        {onRetry && (
          <div>
            <Button variant="default" size="compact-md" onClick={onRetry}>
              {t("result.retry")}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

type Query = { error: unknown; failureReason: unknown; data: unknown; fetchStatus: string };

/**
 * Why a query has nothing to show. Without a network, TanStack Query waits without an error; while
 * it tries again, the last failure stays in view.
 */
export function useProblem({ error, failureReason, data, fetchStatus }: Query): unknown {
  const [last, setLast] = useState<unknown>(null);
  const offline = fetchStatus === "paused" ? OFFLINE : null;
  const now = error ?? failureReason ?? offline;
  if (now && now !== last) setLast(now);
  return data === undefined ? (now ?? last) : error;
}

const OFFLINE = new OfflineError();
