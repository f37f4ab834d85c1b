/**
 * A pause before a retry, chosen at random up to a bound, and never shorter than the service asked.
 *
 * When a service or a region comes back, its pages come back too. Without chance they would all
 * come in the same moments and be refused again.
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function choosePause(boundMs: number, retryAfterMs: number | null): number {
  return (retryAfterMs ?? 0) + Math.random() * boundMs;
}

/** The pauses before the tries of one thing. */
export class Backoff {
  private boundMs: number;

  constructor(
    private readonly firstMs: number,
    private readonly slowestMs: number,
  ) {
    this.boundMs = firstMs;
  }

  /**
   * How long to wait before the next try.
   *
   * @param retryAfterMs what the service asked for: the pause is never shorter.
   */
  next(retryAfterMs: number | null = null): number {
    const pauseMs = choosePause(this.boundMs, retryAfterMs);
    this.boundMs = Math.min(this.boundMs * 2, this.slowestMs);
    return pauseMs;
  }

  /** Begin with short pauses again, after a success. */
  reset(): void {
    this.boundMs = this.firstMs;
  }
}
