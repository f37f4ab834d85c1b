import { Backoff } from "@/lib/backoff";
import { ApiError, AppError, isPassing, toAppError } from "@/lib/errors";
import type { FrameMessage, Push } from "@/lib/push";
import { Store } from "@/lib/store";

import type { StreamApi } from "./stream-api";

export type LiveState =
  | { status: "off"; error: AppError | null }
  | { status: "starting" }
  | { status: "watching"; framesPerSecond: number; ageMs: number }
  /** The service takes no frame now. The loop tries again at this time. */
  | { status: "busy"; retryAt: number }
  /** No answers: the network is gone, or the service cannot be reached. */
  | { status: "waiting" };

type Timing = { answerMs: number; leastMs: number; firstRetryMs: number };

const TIMING: Timing = {
  /** The service drops frames that are older than 1 s, so a later answer does not come. */
  answerMs: 3_000,
  /** More than ten frames a second cost more and show nothing more. */
  leastMs: 100,
  firstRetryMs: 1_000,
};
const SLOWEST_RETRY_MS = 10_000;
const BUSY_CODES = new Set(["live_busy", "too_many_requests"]);
/** Operators let no camera in. That takes long, so the user decides when to try again. */
const SHUT_CODES = new Set(["uploads_closed", "live_paused"]);
/** After so many refusals in a row the camera stops, and the user decides. */
const MOST_REFUSALS = 2;
/** After so many frames without an answer the page says so. */
const MOST_SILENCE = 2;
/** The rate is counted over this time. */
const WINDOW_MS = 4_000;

type Options = {
  streams: StreamApi;
  push: Push;
  takeFrame: () => Promise<Blob>;
  onLabels: (labels: FrameMessage["labels"]) => void;
  timing?: Partial<Timing>;
};

type Run = {
  abort: AbortController;
  /** Resolves when the loop stops. One for all frames, so that no frame leaves a listener. */
  stopped: Promise<undefined>;
  streamId: string | null;
  frame: number;
};

/**
 * Sends frames of a camera in a closed loop: the next one goes when the answer has come.
 *
 * So the rate follows what the service can do, and no frame waits in a line.
 */
export class LiveLoop extends Store<LiveState> {
  private readonly timing: Timing;
  private run: Run | undefined;
  private answer: ((message: FrameMessage) => void) | undefined;
  private shownAt: number[] = [];
  private refusals = 0;
  private silence = 0;
  private readonly backoff: Backoff;

  constructor(private readonly options: Options) {
    super({ status: "off", error: null });
    this.timing = { ...TIMING, ...options.timing };
    this.backoff = new Backoff(this.timing.firstRetryMs, SLOWEST_RETRY_MS);
  }

  start(): void {
    if (this.run) return;
    const abort = new AbortController();
    this.run = { abort, stopped: untilAborted(abort.signal), streamId: null, frame: 0 };
    this.shownAt = [];
    this.settle();
    this.set({ status: "starting" });
    void this.watch(this.run);
  }

  /** Stop, because the user wants it or because of an error. */
  stop(error: AppError | null = null): void {
    const { run } = this;
    if (!run) return;
    this.run = undefined;
    run.abort.abort();
    if (run.streamId) this.remove(run.streamId);
    this.set({ status: "off", error });
  }

  private async watch(run: Run): Promise<void> {
    const end = this.options.push.listen("frame", (message) => {
      const isNewest = message.streamId === run.streamId && message.frame === run.frame;
      if (isNewest) this.answer?.(message);
    });
    try {
      while (!run.abort.signal.aborted) await this.step(run);
    } finally {
      end();
    }
  }

  /** Send one frame and wait for its answer, or cope with what came instead. */
  private async step(run: Run): Promise<void> {
    const { signal } = run.abort;
    try {
      const streamId = (run.streamId ??= await this.create(signal));
      if (!this.options.push.isOpen) await this.waitForSocket(run);
      const sentAt = performance.now();
      const message = await this.exchange(run, streamId);
      if (signal.aborted) return;
      if (message) this.show(message, performance.now() - sentAt);
      else this.noteSilence();
      await pause(this.timing.leastMs - (performance.now() - sentAt), signal);
    } catch (error) {
      if (!signal.aborted) await this.cope(toAppError(error), signal);
    }
  }

  private async create(signal: AbortSignal): Promise<string> {
    const { streamId } = await this.options.streams.create();
    if (signal.aborted) this.remove(streamId);
    signal.throwIfAborted();
    return streamId;
  }

  private async waitForSocket({ abort: { signal }, stopped }: Run): Promise<void> {
    const patience = setTimeout(() => {
      if (!signal.aborted) this.set({ status: "waiting" });
    }, this.timing.answerMs);
    try {
      await Promise.race([this.options.push.whenOpen(), stopped]);
    } finally {
      clearTimeout(patience);
    }
    signal.throwIfAborted();
  }

  /** @returns undefined if no answer came in time. */
  private async exchange(run: Run, streamId: string): Promise<FrameMessage | undefined> {
    const { signal } = run.abort;
    const picture = await this.options.takeFrame();
    signal.throwIfAborted();
    run.frame += 1;
    // The answer can be here before the response to the request.
    const answered = new Promise<FrameMessage>((resolve) => (this.answer = resolve));
    const sent = this.options.streams.send(streamId, run.frame, picture, signal);
    const failed = new Promise<never>((_resolve, reject) => {
      sent.catch(reject);
    });
    let patience: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => {
      patience = setTimeout(() => {
        resolve(undefined);
      }, this.timing.answerMs);
    });
    try {
      return await Promise.race([answered, failed, late, run.stopped]);
    } finally {
      clearTimeout(patience);
    }
  }

  private show(message: FrameMessage, ageMs: number): void {
    if (message.status === "failed") {
      this.noteSilence();
      return;
    }
    this.settle();
    const now = performance.now();
    this.shownAt = this.shownAt.filter((at) => now - at < WINDOW_MS);
    if (message.status === "succeeded") {
      this.shownAt.push(now);
      this.options.onLabels(message.labels);
    }
    this.set({ status: "watching", framesPerSecond: measureRate(this.shownAt, now), ageMs });
  }

  /** Everything works again. */
  private settle(): void {
    this.refusals = 0;
    this.silence = 0;
    this.backoff.reset();
  }

  private noteSilence(): void {
    this.silence += 1;
    if (this.silence >= MOST_SILENCE) this.set({ status: "waiting" });
  }

  private async cope(error: AppError, signal: AbortSignal): Promise<void> {
    if (isBusy(error)) {
      this.refusals += 1;
      if (this.refusals >= MOST_REFUSALS) {
        this.stop(error);
        return;
      }
      const ms = this.backoff.next(error.retryAfterMs);
      this.set({ status: "busy", retryAt: Date.now() + ms });
      await pause(ms, signal);
    } else if (mayPass(error)) {
      this.set({ status: "waiting" });
      await pause(this.backoff.next(error instanceof ApiError ? error.retryAfterMs : null), signal);
    } else {
      this.stop(error);
    }
  }

  /** Errors are ignored: a stream without frames ends by itself. */
  private remove(streamId: string): void {
    this.options.streams.remove(streamId).catch(() => undefined);
  }
}

const isBusy = (error: AppError): error is ApiError =>
  error instanceof ApiError && BUSY_CODES.has(error.code);

/** Whether it may pass by itself soon: other refusals with status 429 need the user. */
const mayPass = (error: AppError) =>
  isPassing(error) &&
  !(error instanceof ApiError && (error.status === 429 || SHUT_CODES.has(error.code)));

/** Frames a second, from the times when frames were shown, oldest first. */
export function measureRate(shownAt: readonly number[], now: number): number {
  const [first] = shownAt;
  return first === undefined || now <= first ? 0 : ((shownAt.length - 1) * 1_000) / (now - first);
}

const untilAborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      resolve(undefined);
    });
  });

/** Wait so long, or until the loop stops. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  ms <= 0 || signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => {
        const timer = setTimeout(end, ms);
        signal.addEventListener("abort", end, { once: true });
        function end() {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          resolve();
        }
      });
