import type { Label } from "@/lib/tasks";

type Box = Label["instances"][number]["boundingBox"];

/** A box as it is drawn at one moment. */
export type ShownBox = { name: string; confidence: number; box: Box; opacity: number };

type Track = {
  name: string;
  confidence: number;
  from: Box;
  to: Box;
  changedAt: number;
  bornAt: number;
  /** When an answer was missing this box; null while it is there. */
  lostAt: number | null;
};

/** A box moves to its new place in this time, about the time between two answers. */
const MOVE_MS = 180;
const FADE_MS = 220;
/** Without an answer for so long, boxes are no longer where the things are. */
export const HOLD_MS = 1_500;
/** Two boxes of one name are the same thing if their middles are nearer than this ratio. */
const NEAR = 0.25;

/** Follows boxes from answer to answer, so that they glide and do not jump. */
export class BoxTracks {
  private tracks: Track[] = [];
  private answeredAt = 0;

  /** @param now In milliseconds, as all times here. */
  update(labels: readonly Label[], now: number): void {
    const old = this.tracks.filter(({ lostAt }) => lostAt === null);
    const fading = this.tracks.filter(({ lostAt }) => lostAt !== null && now - lostAt < FADE_MS);
    const kept = labels.flatMap(({ name, instances }) =>
      instances.map(({ boundingBox, confidence }) => {
        const match = takeNearest(old, name, boundingBox);
        const from = match ? place(match, now) : boundingBox;
        const bornAt = match?.bornAt ?? now;
        return { name, confidence, from, to: boundingBox, changedAt: now, bornAt, lostAt: null };
      }),
    );
    const lost = old.map((track) => ({ ...track, lostAt: now }));
    this.tracks = [...kept, ...lost, ...fading];
    this.answeredAt = now;
  }

  /** The boxes to draw now, large ones first. */
  at(now: number): ShownBox[] {
    return this.tracks
      .map((track) => ({
        name: track.name,
        confidence: track.confidence,
        box: place(track, now),
        opacity: this.getOpacity(track, now),
      }))
      .filter(({ opacity }) => opacity > 0)
      .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
  }

  clear(): void {
    this.tracks = [];
  }

  private getOpacity({ bornAt, lostAt }: Track, now: number): number {
    const endsAt = lostAt ?? this.answeredAt + HOLD_MS;
    const going = 1 - (now - endsAt) / FADE_MS;
    const coming = (now - bornAt) / FADE_MS + 0.25;
    return Math.max(0, Math.min(1, going, coming));
  }
}

/** Remove and return the track that this box most likely continues. */
function takeNearest(tracks: Track[], name: string, box: Box): Track | undefined {
  const ranked = tracks
    .filter((track) => track.name === name)
    .map((track) => ({ track, distance: measure(track.to, box) }))
    .filter(({ distance }) => distance < NEAR)
    .sort((a, b) => a.distance - b.distance);
  const nearest = ranked[0]?.track;
  if (nearest) tracks.splice(tracks.indexOf(nearest), 1);
  return nearest;
}

function measure(a: Box, b: Box): number {
  const dx = a.left + a.width / 2 - (b.left + b.width / 2);
  const dy = a.top + a.height / 2 - (b.top + b.height / 2);
  return Math.hypot(dx, dy);
}

function place({ from, to, changedAt }: Track, now: number): Box {
  const part = Math.min(1, Math.max(0, (now - changedAt) / MOVE_MS));
  const mix = (side: keyof Box) => from[side] + (to[side] - from[side]) * part;
  return { left: mix("left"), top: mix("top"), width: mix("width"), height: mix("height") };
}
