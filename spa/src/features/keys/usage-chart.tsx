import { useFormat, useTranslation } from "@/lib/i18n";

import type { ApiKey, UsageDay } from "./keys";
import classes from "./keys-page.module.css";

type Amounts = Pick<UsageDay, "photos" | "megapixels" | "bytes">;
type Props = { days: readonly UsageDay[]; keys: readonly ApiKey[] };

/** A moment that is on this day in most time zones. The API counts days in UTC. */
const noon = ({ day }: UsageDay) => `${day}T12:00:00Z`;

const HEIGHT = 96;
const STEP = 10;
const BAR = 7;

/** Photos of the last days as bars, with their sums and the share of each key. */
export function UsageChart({ days, keys }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const total = add(days);
  const refused = days.reduce((sum, day) => sum + day.refused, 0);
  const usd = days.reduce((sum, day) => sum + day.estimatedUsd, 0);
  return (
    <figure className={classes.usage}>
      <Bars days={days} />
      <div className={classes.ends} aria-hidden="true">
        <span>{days[0] && format.date(noon(days[0]))}</span>
        <span>{t("usage.today")}</span>
      </div>
      <figcaption>
        <dl className={classes.sums}>
          <Sum name={t("usage.photos")} value={format.number(total.photos)} />
          <Sum name={t("usage.megapixels")} value={format.number(total.megapixels)} />
          <Sum name={t("usage.bytes")} value={total.bytes ? format.bytes(total.bytes) : "0"} />
          <Sum name={t("usage.refused")} value={format.number(refused)} />
          <Sum name={t("usage.cost")} value={`$${usd.toFixed(usd < 1 ? 4 : 2)}`} />
        </dl>
        <ByKey days={days} keys={keys} />
      </figcaption>
    </figure>
  );
}

function Bars({ days }: { days: readonly UsageDay[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const most = Math.max(1, ...days.map((day) => day.photos));
  const label = t("usage.chart", { count: days.length, most: format.number(most) });
  return (
    <svg
      className={classes.bars}
      viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {days.map((day, index) => {
        const height = Math.max((day.photos / most) * HEIGHT, day.photos ? 3 : 1);
        return (
          <rect
            key={day.day}
            x={index * STEP + (STEP - BAR) / 2}
            y={HEIGHT - height}
            width={BAR}
            height={height}
            rx={1.5}
            data-is-empty={day.photos === 0}
          >
            <title>{`${format.date(noon(day))}: ${format.number(day.photos)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

const Sum = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

/** How many photos came with each key; nothing if none did. */
function ByKey({ days, keys }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const shares = [...collect(days)].sort(([, a], [, b]) => b - a);
  if (shares.length === 0) return null;
  const nameOf = (keyId: string) =>
    keys.find((key) => key.keyId === keyId)?.name ?? t("usage.revokedKey");
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t("usage.key")}</th>
          <th scope="col">{t("usage.photos")}</th>
        </tr>
      </thead>
      <tbody>
        {shares.map(([keyId, photos]) => (
          <tr key={keyId}>
            <td>{nameOf(keyId)}</td>
            <td>{format.number(photos)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const add = (days: readonly UsageDay[]): Amounts =>
  days.reduce<Amounts>(
    (sum, day) => ({
      photos: sum.photos + day.photos,
      megapixels: sum.megapixels + day.megapixels,
      bytes: sum.bytes + day.bytes,
    }),
    { photos: 0, megapixels: 0, bytes: 0 },
  );

function collect(days: readonly UsageDay[]): Map<string, number> {
  const photos = new Map<string, number>();
  for (const share of days.flatMap((day) => day.byKey))
    photos.set(share.keyId, (photos.get(share.keyId) ?? 0) + share.photos);
  return photos;
}
