import { Backoff } from "./backoff";
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
/** API Gateway closes every socket after 2 hours. */
const LONGEST_MS = 110 * 60_000;
/** Keep the socket a little, because the next photo or page often needs it again. */
const LINGER_MS = 20_000;

type Options = {
  createTicket: () => Promise<Ticket>;
  /** The socket was lost, and messages with it. It opens again by itself. */
  onLost?: () => void;
  firstRetryMs?: number;
  lingerMs?: number;
  pingMs?: number;
  longestMs?: number;
};

/**
 * The one socket of the page, open while somebody listens.
 *
 * A message can be lost, so a listener must be able to do without it. A closed socket opens again
 * with a new ticket.
 */
export class Push {
  private readonly listeners = new Map<string, Set<Listener<keyof Messages>>>();
  private readonly waiting = new Set<() => void>();
  private readonly backoff: Backoff;
  private socket: WebSocket | undefined;
  /** The ticket that the next socket needs, while it is asked for. */
  private ticket: Promise<Ticket> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private ageTimer: ReturnType<typeof setTimeout> | undefined;
  private isAnswered = true;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private lingerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {
    this.backoff = new Backoff(options.firstRetryMs ?? FIRST_RETRY_MS, SLOWEST_RETRY_MS);
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
    this.ticket = undefined;
    const { socket } = this;
    this.forget();
    socket?.close();
  }

  private get isWanted(): boolean {
    return [...this.listeners.values()].some(({ size }) => size > 0);
  }

  private open(): void {
    if (this.socket || this.ticket || this.retryTimer !== undefined) return;
    const asked = this.options.createTicket();
    this.ticket = asked;
    asked.then(
      (ticket) => {
        // The socket was closed since: this ticket may belong to the user before.
        if (this.ticket !== asked) return;
        this.ticket = undefined;
        if (this.isWanted) this.connect(ticket);
      },
      () => {
        if (this.ticket !== asked) return;
        this.ticket = undefined;
        this.openLater();
      },
    );
  }

  private connect({ url, ticket }: Ticket): void {
    const socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.backoff.reset();
      this.watch(socket);
      this.waiting.forEach((resolve) => {
        resolve();
      });
      this.waiting.clear();
    });
    socket.addEventListener("message", ({ data }) => {
      this.isAnswered = true;
      this.pass(data);
    });
    socket.addEventListener("close", () => {
      if (this.socket !== socket) return;
      this.lose();
    });
  }

  /** Keep the socket open, and replace it if it is dead or will be closed soon. */
  private watch(socket: WebSocket): void {
    this.isAnswered = true;
    this.pingTimer = setInterval(() => {
      if (this.isAnswered) {
        this.isAnswered = false;
        socket.send(JSON.stringify({ action: "ping" }));
      } else {
        this.replace(socket);
      }
    }, this.options.pingMs ?? PING_MS);
    this.ageTimer = setTimeout(() => {
      this.replace(socket);
    }, this.options.longestMs ?? LONGEST_MS);
  }

  /** Closing a dead socket takes a minute, so do not wait for its end. */
  private replace(socket: WebSocket): void {
    this.lose();
    socket.close();
  }

  private lose(): void {
    this.forget();
    this.openLater();
    this.options.onLost?.();
  }

  private openLater(): void {
    if (!this.isWanted || this.retryTimer !== undefined) return;
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      if (this.isWanted) this.open();
    }, this.backoff.next());
  }

  private forget(): void {
    clearInterval(this.pingTimer);
    clearTimeout(this.ageTimer);
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
