import type { Session } from "./session";
import type { Tokens, TokenStore } from "./token-store";

const CHANNEL = "spotter.session";
/** Set while some tab may have a session, so that other visits do not wait for an answer. */
const HINT = "spotter.hasSession";
const ANSWER_MS = 500;

type Message = { kind: "ask" } | { kind: "tokens"; tokens: Tokens } | { kind: "signedOut" };

/** The tabs of a browser sign in and out together. Only this page can listen to the channel. */
export class TabSession {
  private readonly channel = new BroadcastChannel(CHANNEL);
  private onAnswer: () => void = () => undefined;

  constructor(
    private readonly session: Session,
    private readonly tokens: TokenStore,
  ) {
    let before = session.state.status;
    session.subscribe(() => {
      const { status } = session.state;
      if (status !== before) this.tell(status);
      before = status;
    });
    this.channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
      void this.receive(data);
    });
  }

  /** Use the session of another tab, if there is one. */
  async borrow(): Promise<void> {
    if (!this.isOut() || localStorage.getItem(HINT) === null) return;
    const answer = new Promise<void>((resolve) => (this.onAnswer = resolve));
    const patience = new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    this.send({ kind: "ask" });
    await Promise.race([answer, patience]);
    // The last tab was closed without signing out. A tab that answers later sets it again.
    if (this.isOut()) localStorage.removeItem(HINT);
  }

  close(): void {
    this.channel.close();
  }

  private isOut(): boolean {
    return this.session.state.status === "signedOut";
  }

  private tell(status: "signedOut" | "signedIn" | "ended"): void {
    if (status === "signedIn") {
      localStorage.setItem(HINT, "yes");
      this.send({ kind: "tokens", tokens: this.tokens.copy() });
    }
    if (status === "signedOut") {
      localStorage.removeItem(HINT);
      this.send({ kind: "signedOut" });
    }
  }

  private async receive(message: Message): Promise<void> {
    const { status } = this.session.state;
    if (message.kind === "ask" && status === "signedIn") this.tell(status);
    if (message.kind === "tokens" && status !== "signedIn") {
      await this.tokens.adopt(message.tokens);
      await this.session.restore().catch(() => undefined);
      this.onAnswer();
    }
    if (message.kind === "signedOut" && status !== "signedOut") {
      await this.tokens.clear();
      this.session.leave();
    }
  }

  private send(message: Message): void {
    this.channel.postMessage(message);
  }
}
