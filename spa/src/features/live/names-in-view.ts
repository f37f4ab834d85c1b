import { Store } from "@/lib/store";
import type { Label } from "@/lib/tasks";

export type InView = { name: string; confidence: number; hasBox: boolean };

/** A name stays so long after it was last seen: recognition misses single frames. */
const STAY_MS = 1_500;
/** A screen reader hears of changes at most this often. */
const SAY_MS = 5_000;
const MOST_NAMES = 8;

type Seen = InView & { at: number };

/** The names of the last moments, oldest first, so that the list on the page stays calm. */
export class NamesInView extends Store<InView[]> {
  private seen = new Map<string, Seen>();
  private said = "";
  private saidAt = -Infinity;

  private readonly tell = new Set<(names: string[]) => void>();

  constructor() {
    super([]);
  }

  /**
   * Call `tell` with all names after they have changed, at most every five seconds.
   *
   * @returns a function that ends it.
   */
  onNews(tell: (names: string[]) => void): () => void {
    this.tell.add(tell);
    return () => this.tell.delete(tell);
  }

  /** @param now In milliseconds, as all times here. */
  update(labels: readonly Label[], now: number): void {
    for (const { name, confidence, instances } of labels) {
      this.seen.set(name, { name, confidence, hasBox: instances.length > 0, at: now });
    }
    this.tidy(now);
  }

  /** Drop names that were not seen for a while. */
  tidy(now: number): void {
    if (this.seen.size === 0 && this.said === "") return;
    for (const [name, { at }] of this.seen) if (now - at > STAY_MS) this.seen.delete(name);
    const shown = [...this.seen.values()].slice(0, MOST_NAMES);
    this.set(shown.map(({ name, confidence, hasBox }) => ({ name, confidence, hasBox })));
    this.announce(now);
  }

  clear(): void {
    this.seen.clear();
    this.said = "";
    this.saidAt = -Infinity;
    this.set([]);
  }

  private announce(now: number): void {
    const names = this.state.map(({ name }) => name);
    const text = [...names].sort().join();
    if (text === this.said || now - this.saidAt < SAY_MS) return;
    this.said = text;
    this.saidAt = now;
    this.tell.forEach((tell) => {
      tell(names);
    });
  }
}
