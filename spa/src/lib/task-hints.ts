import type { Push } from "./push";

/** While hints can come, a task is only looked at now and then: a hint can be lost. */
export const HINTED_POLL_MS = 15_000;
/** No hint tells the place in the queue, so a task that waits is looked at more often. */
const PLACE_POLL_MS = 3_000;
/** With many tasks each one is looked at less often: together four times a second at most. */
const PLACE_EACH_MS = 250;
/** Most photos are done by then, and the API tells the place of those that still wait. */
const LONGEST_WAIT_MS = 2_500;
/** So many ids are a few kilobytes. */
const MOST_REMEMBERED = 500;

type Options = { onFinished: (taskId: string) => void; longestWaitMs?: number };

/** Which tasks the service has said to be finished, through the socket of the page. */
export class TaskHints {
  private readonly finished = new Set<string>();
  private readonly waiting = new Map<string, () => void>();
  private listeners = 0;

  constructor(
    private readonly push: Push,
    private readonly options: Options,
  ) {}

  /** Whether hints can come now. Otherwise the page must ask again and again. */
  get canCome(): boolean {
    return this.push.isOpen;
  }

  /** How long to wait before the next look at a task, while hints can come. */
  getPollInterval(isWaiting: boolean): number {
    if (!isWaiting) return HINTED_POLL_MS;
    return Math.min(Math.max(PLACE_POLL_MS, PLACE_EACH_MS * this.listeners), HINTED_POLL_MS);
  }

  /**
   * Listen while a task is not finished.
   *
   * @returns a function that ends it.
   */
  listen(): () => void {
    this.listeners += 1;
    const end = this.push.listen("task", ({ taskId }) => {
      this.note(taskId);
    });
    return () => {
      this.listeners -= 1;
      end();
    };
  }

  /** Resolves when it makes sense to ask for a task that was just sent. */
  untilFinished(taskId: string, signal: AbortSignal): Promise<void> {
    if (!this.canCome || this.finished.has(taskId)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.waiting.delete(taskId);
        resolve();
      };
      const timer = setTimeout(done, this.options.longestWaitMs ?? LONGEST_WAIT_MS);
      signal.addEventListener("abort", done);
      this.waiting.set(taskId, done);
    });
  }

  /** The socket closed: let everybody who waits ask for the task. */
  stopWaiting(): void {
    [...this.waiting.values()].forEach((done) => {
      done();
    });
  }

  private note(taskId: string): void {
    this.finished.add(taskId);
    const [oldest] = this.finished;
    if (this.finished.size > MOST_REMEMBERED && oldest) this.finished.delete(oldest);
    const done = this.waiting.get(taskId);
    // Whoever waits reads the task now, so nobody else has to.
    if (done) done();
    else this.options.onFinished(taskId);
  }
}
