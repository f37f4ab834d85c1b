import type { Label, TaskStatus } from "./tasks";

/** A task of this user has changed. The message is a hint: read the task to know more. */
export type TaskMessage = { type: "task"; taskId: string; status: TaskStatus };

/** What became of one frame of a live camera. */
export type FrameMessage = {
  type: "frame";
  streamId: string;
  frame: number;
  /** Dropped: the frame was too old when its turn came. */
  status: "succeeded" | "dropped" | "failed";
  labels: Label[];
  image: { width: number; height: number } | null;
  /** From the arrival of the frame to its result. */
  ageMs: number;
  error: { code: string; message: string } | null;
};

type Messages = { task: TaskMessage; frame: FrameMessage };
type Listener<Type extends keyof Messages> = (message: Messages[Type]) => void;

/** Where a socket opens. The ticket works once and for a minute. */
export type Ticket = { ticket: string; url: string };

const FIRST_RETRY_MS = 1_000;
const SLOWEST_RETRY_MS = 30_000;
/** API Gateway closes a socket that was idle for 10 minutes. */
const PING_MS = 5 * 60_000;
/** Keep the socket a little, because the next photo or page often needs it again. */
const LINGER_MS = 20_000;

type Options = { createTicket: () => Promise<Ticket>; firstRetryMs?: number; lingerMs?: number };

/**
 * The one socket of the page, open while somebody listens.
 *
 * A message can be lost, so a listener must be able to do without it. A closed socket opens again
 * with a new ticket.
 */
export class Push {
  private readonly listeners = new Map<string, Set<Listener<keyof Messages>>>();
  private readonly waiting = new Set<() => void>();
  private readonly firstRetryMs: number;
  private retryMs: number;
  private socket: WebSocket | undefined;
  private isOpening = false;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private lingerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {
    this.firstRetryMs = options.firstRetryMs ?? FIRST_RETRY_MS;
    this.retryMs = this.firstRetryMs;
  }

  /**
   * Call `listener` for each message of a type.
   *
   * @returns a function that ends it.
   */
  listen<Type extends keyof Messages>(type: Type, listener: Listener<Type>): () => void {
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(listener as Listener<keyof Messages>));
    clearTimeout(this.lingerTimer);
    this.open();
    return () => {
      listeners.delete(listener as Listener<keyof Messages>);
      if (this.isWanted) return;
      clearTimeout(this.lingerTimer);
      this.lingerTimer = setTimeout(() => {
        this.close();
      }, this.options.lingerMs ?? LINGER_MS);
    };
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Resolves when the socket is open: at once, or after it has opened again. */
  whenOpen(): Promise<void> {
    if (this.isOpen) return Promise.resolve();
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  /** Close the socket, before another user signs in or when nobody listens. */
  close(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    const { socket } = this;
    this.forget();
    socket?.close();
  }

  private get isWanted(): boolean {
    return [...this.listeners.values()].some(({ size }) => size > 0);
  }

  private open(): void {
    if (this.socket || this.isOpening || this.retryTimer !== undefined) return;
    this.isOpening = true;
    this.options.createTicket().then(
      (ticket) => {
        this.isOpening = false;
        if (this.isWanted) this.connect(ticket);
      },
      () => {
        this.isOpening = false;
        this.openLater();
      },
    );
  }

  private connect({ url, ticket }: Ticket): void {
    const socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.retryMs = this.firstRetryMs;
      this.pingTimer = setInterval(() => {
        socket.send(JSON.stringify({ action: "ping" }));
      }, PING_MS);
      this.waiting.forEach((resolve) => {
        resolve();
      });
      this.waiting.clear();
    });
    socket.addEventListener("message", ({ data }) => {
      this.pass(data);
    });
    socket.addEventListener("close", () => {
      if (this.socket !== socket) return;
      this.forget();
      this.openLater();
    });
  }

  private openLater(): void {
    if (!this.isWanted || this.retryTimer !== undefined) return;
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      if (this.isWanted) this.open();
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, SLOWEST_RETRY_MS);
  }

  private forget(): void {
    clearInterval(this.pingTimer);
    this.socket = undefined;
  }

  private pass(data: unknown): void {
    const message = parse(data);
    if (!message) return;
    this.listeners.get(message.type)?.forEach((listener) => {
      listener(message);
    });
  }
}

/** Undefined for a message that a newer version of the service sends to newer pages. */
function parse(data: unknown): Messages[keyof Messages] | undefined {
  try {
    const message: unknown = JSON.parse(String(data));
    const isMessage = typeof message === "object" && message !== null && "type" in message;
    return isMessage ? (message as Messages[keyof Messages]) : undefined;
  } catch {
    return undefined;
  }
}
