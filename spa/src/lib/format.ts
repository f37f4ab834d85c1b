const known = new Map<string, Format>();

/** The one format of a language: its parts take long to create, and each photo of a list asks. */
export function getFormat(language: string): Format {
  const format = known.get(language) ?? createFormat(language);
  known.set(language, format);
  return format;
}

/** Formats numbers and times for a language. */
export function createFormat(language: string) {
  const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const day = new Intl.DateTimeFormat(language, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const list = new Intl.ListFormat(language, { type: "conjunction" });

  return {
    bytes: (count: number) => {
      if (count < 1_000_000) return `${whole.format(Math.max(count / 1_000, 1))} kB`;
      if (count < 1_000_000_000) return `${decimal.format(count / 1_000_000)} MB`;
      return `${decimal.format(count / 1_000_000_000)} GB`;
    },
    number: (value: number) => decimal.format(value),
    /** @param value In [0, 100]. */
    confidence: (value: number) => percent.format(value / 100),
    milliseconds: (ms: number) =>
      ms < 1_000 ? `${whole.format(ms)} ms` : `${decimal.format(ms / 1_000)} s`,
    duration: (seconds: number) =>
      seconds < 90 ? `${whole.format(seconds)} s` : `${whole.format(seconds / 60)} min`,
    dateTime: (iso: string) => dateTime.format(new Date(iso)),
    date: (iso: string) => date.format(new Date(iso)),
    day: (iso: string) => day.format(new Date(iso)),
    list: (items: string[]) => list.format(items),
    ago: (iso: string, now = Date.now()) => formatRelative(relative, Date.parse(iso) - now),
  };
}

export type Format = ReturnType<typeof createFormat>;

/** The language with the region of the reader: 22 Nov in London, Nov 22 in Boston. */
export const pickRegion = (language: string, wanted: readonly string[]): string =>
  wanted.find((tag) => tag.split("-")[0] === language) ?? language;

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

function formatRelative(relative: Intl.RelativeTimeFormat, ms: number): string {
  for (const [unit, length] of UNITS) {
    if (Math.abs(ms) >= length) return relative.format(Math.round(ms / length), unit);
  }
  return relative.format(0, "second");
}
