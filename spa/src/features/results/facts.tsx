import { useFormat, useTranslation } from "@/lib/i18n";
import type { Task } from "@/lib/tasks";

import classes from "./facts.module.css";

const ROLES = [
  "classifier",
  "detector",
  "textDetector",
  "textReader",
  "rekognitionLabels",
  "rekognitionText",
  "rekognitionModeration",
] as const;

const isKnown = (role: string): role is (typeof ROLES)[number] =>
  (ROLES as readonly string[]).includes(role);

/** Times of the steps and names of the models. */
export function Facts({ task }: { task: Task }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { timings, image, models } = task;
  const duration = (ms: number | null) => (ms === null ? null : format.milliseconds(ms));
  const rows: [string, string | null][] = [
    [t("facts.engine"), useEngineText(task)],
    [t("facts.moderation"), useModerationText(task)],
    [t("facts.total"), duration(timings.totalMs)],
    [t("facts.queued"), duration(timings.queuedMs)],
    [t("facts.decode"), duration(timings.decodeMs)],
    [t("facts.inference"), duration(timings.inferenceMs)],
    [t("facts.size"), image.width && image.height ? `${image.width} × ${image.height}` : null],
    [t("facts.bytes"), format.bytes(task.sizeBytes)],
    ...Object.entries(models).map(([role, name]): [string, string] => [
      isKnown(role) ? t(`facts.${role}`) : role,
      name,
    ]),
  ];
  return (
    <details className={classes.facts}>
      <summary>{t("facts.title")}</summary>
      <dl>
        {rows
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </details>
  );
}

/** Who recognised the photo and why, if somebody else than Spotter was asked. */
function useEngineText({ engine: { asked, answer } }: Task): string | null {
  const { t } = useTranslation();
  if (asked === "spotter" || !answer) return null;
  return `${t(`engines.${answer.by}`)}: ${t(`answers.${answer.reason}`)}`;
}

function useModerationText({ moderation }: Task): string | null {
  const { t } = useTranslation();
  const format = useFormat();
  if (!moderation) return null;
  const found = moderation.map(
    ({ name, confidence }) => `${name} ${format.confidence(confidence)}`,
  );
  return found.join(", ") || t("facts.nothingUnwanted");
}
