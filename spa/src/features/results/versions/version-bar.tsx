import { Button, Loader, NativeSelect } from "@mantine/core";
import { useEffect, useRef } from "react";

import { announce } from "@/components/announcer";
import { Problem } from "@/components/problem";
import { useCancel } from "@/components/use-cancel";
import { AppError } from "@/lib/errors";
import { useFormat, useLabelWords, useTranslation } from "@/lib/i18n";
import { isFinished, type Task } from "@/lib/tasks";
import type { Version } from "@/lib/versions";

import classes from "./version-bar.module.css";

type Props = {
  /** The newest version that is finished. */
  task: Task;
  versions: Version[];
  /** The number of the version that the page shows. */
  shown: number;
  onChoose: (version: number) => void;
};

/** Which version of the result is shown, what changed, and how far the next one is. */
export function VersionBar({ task, versions, shown, onChoose }: Props) {
  const done = versions.filter(({ status }) => status === "succeeded");
  const version = done.find((one) => one.version === shown);
  useAnnouncement(task.version);
  if (!task.nextVersion && done.length < 2) return null;
  return (
    <section className={classes.bar}>
      {task.nextVersion && <Next task={task} />}
      {done.length > 1 && (
        <div className={classes.choice}>
          <Choice versions={done} shown={shown} onChoose={onChoose} />
          {version?.changes && <Changes changes={version.changes} />}
        </div>
      )}
    </section>
  );
}

/** Tells screen readers that a new version is there. */
function useAnnouncement(version: number): void {
  const { t } = useTranslation();
  const last = useRef(version);
  useEffect(() => {
    if (version > last.current) announce(t("version.done", { version }));
    last.current = version;
  }, [version, t]);
}

function Next({ task }: { task: Task }) {
  const { t } = useTranslation();
  const { cancel, isPending } = useCancel(task.taskId, "h1");
  const next = task.nextVersion;
  if (!next) return null;
  if (isFinished(next)) {
    const { code, message } = next.error ?? { code: "internal_error", message: "" };
    return (
      <div>
        <p>{t("version.failed")}</p>
        <Problem error={new AppError(code, message)} />
      </div>
    );
  }
  return (
    <div className={classes.next} role="status">
      <Loader size="xs" aria-hidden="true" />
      <span>{t(next.status === "processing" ? "version.making" : "version.waiting")}</span>
      {next.status === "queued" && (
        <Button variant="subtle" size="compact-md" loading={isPending} onClick={cancel}>
          {t("version.cancel")}
        </Button>
      )}
    </div>
  );
}

type ChoiceProps = Pick<Props, "versions" | "shown" | "onChoose">;

function Choice({ versions, shown, onChoose }: ChoiceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <NativeSelect
      label={t("version.choose")}
      value={String(shown)}
      data={versions.map(({ version, finishedAt }) => ({
        value: String(version),
        label: t("version.name", {
          version,
          date: finishedAt ? format.dateTime(finishedAt) : "",
        }),
      }))}
      onChange={({ currentTarget }) => {
        onChoose(Number(currentTarget.value));
      }}
    />
  );
}

const MOST_NAMES = 8;

/** What this version found that the one before did not, and the reverse. */
function Changes({ changes }: { changes: NonNullable<Version["changes"]> }) {
  const { t } = useTranslation();
  const { say } = useLabelWords();
  const format = useFormat();
  const list = (names: string[]) => names.slice(0, MOST_NAMES).map(say).join(", ");
  const certain = changes.changed.map(
    ({ name, before, after }) =>
      `${say(name)} ${format.confidence(before)} → ${format.confidence(after)}`,
  );
  const isSame = changes.new.length + changes.gone.length + certain.length === 0;
  return (
    <div>
      <h2>{t("version.changes", { version: changes.since })}</h2>
      {isSame && <p>{t("version.same")}</p>}
      {changes.new.length > 0 && <p>{t("version.new", { names: list(changes.new) })}</p>}
      {changes.gone.length > 0 && <p>{t("version.gone", { names: list(changes.gone) })}</p>}
      {certain.length > 0 && (
        <p>{t("version.changed", { names: certain.slice(0, MOST_NAMES).join(", ") })}</p>
      )}
    </div>
  );
}
