import type { Push } from "./push";

/** While hints can come, a task is only looked at now and then: a hint can be lost. */
export const HINTED_POLL_MS = 15_000;
/** Most photos are done by then. A hint that comes later makes the page look again. */
const LONGEST_WAIT_MS = 2_000;
/** So many ids are a few kilobytes. */
const MOST_REMEMBERED = 500;

type Options = { onFinished: (taskId: string) => void; longestWaitMs?: number };

/** Which tasks the service has said to be finished, through the socket of the page. */
export class TaskHints {
  private readonly finished = new Set<string>();
  private readonly waiting = new Map<string, () => void>();

  constructor(
    private readonly push: Push,
    private readonly options: Options,
  ) {}

  /** Whether hints can come now. Otherwise the page must ask again and again. */
  get canCome(): boolean {
    return this.push.isOpen;
  }

  /**
   * Listen while a task is not finished.
   *
   * @returns a function that ends it.
   */
  listen(): () => void {
    return this.push.listen("task", ({ taskId }) => {
      this.note(taskId);
    });
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
