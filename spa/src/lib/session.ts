import type { IdToken, SignInStep, User, UserPool } from "./cognito";
import { type AppError, SessionEndedError } from "./errors";
import { Store } from "./store";

export type SessionState =
  | { status: "signedOut" }
  | { status: "signedIn"; user: User }
  /** The session has ended. The page keeps its state until the user signs in again. */
  | { status: "ended"; user: User };

/** Cognito's errors for a refresh token that is no longer valid. */
const REFUSED = new Set([
  "NotAuthorizedException",
  "UserNotFoundException",
  "UserDisabledException",
]);

/** The signed-in user and the ID token. */
export class Session extends Store<SessionState> {
  constructor(readonly cognito: UserPool) {
    super({ status: "signedOut" });
  }

  /** Use the session that this tab had before a reload, or that another tab has. */
  async restore(): Promise<void> {
    const found = await this.findToken(false);
    if (!found) return;
    // What the page still holds belongs to the user before.
    if (this.state.status === "ended" && this.state.user.id !== found.user.id) this.leave();
    this.set({ status: "signedIn", user: found.user });
  }

  /**
   * The token for one request.
   *
   * @throws SessionEndedError when the user has to sign in again.
   * @throws OfflineError when the token must be renewed and the network is gone.
   */
  async getToken({ forceRefresh = false } = {}): Promise<string> {
    if (this.state.status !== "signedIn") throw new SessionEndedError();
    const found = await this.findToken(forceRefresh);
    // Another tab may have signed in somebody else.
    if (found?.user.id !== this.state.user.id) throw this.end();
    return found.token;
  }

  /** End the session after the API refused its token. */
  end(): SessionEndedError {
    if (this.state.status === "signedIn") this.set({ status: "ended", user: this.state.user });
    return new SessionEndedError();
  }

  async signIn(email: string, password: string): Promise<SignInStep> {
    // Amplify refuses a new session while data of an ended one is left.
    await this.cognito.signOut().catch(() => undefined);
    return this.finish(await this.cognito.signIn(email, password));
  }

  async chooseFirstPassword(password: string): Promise<SignInStep> {
    return this.finish(await this.cognito.chooseFirstPassword(password));
  }

  async signOut({ everywhere = false } = {}): Promise<void> {
    await this.cognito.signOut({ everywhere });
    this.leave();
  }

  /** Show the page of a visitor: nobody is signed in any more. */
  leave(): void {
    this.set({ status: "signedOut" });
  }

  /** Leave an ended session for good. */
  async forget(): Promise<void> {
    await this.cognito.signOut().catch(() => undefined);
    this.leave();
  }

  private async finish(step: SignInStep): Promise<SignInStep> {
    if (step === "done") await this.restore();
    return step;
  }

  private async findToken(forceRefresh: boolean): Promise<IdToken | undefined> {
    try {
      return await this.cognito.findIdToken({ forceRefresh });
    } catch (error) {
      if (REFUSED.has((error as AppError).code)) return undefined;
      throw error;
    }
  }
}
