const PREFIX = "CognitoIdentityServiceProvider.";
/** The choice "stay signed in", as `useStay` stores it. */
export const STAY_KEY = "spotter.stay";

export type Tokens = Record<string, string>;

/**
 * Where Amplify keeps the tokens of Cognito.
 *
 * They end with the tab, unless the user chose to stay signed in: then this browser keeps them.
 */
export class TokenStore {
  setItem(key: string, value: string): Promise<void> {
    const doesStay = localStorage.getItem(STAY_KEY) === "true";
    (doesStay ? localStorage : sessionStorage).setItem(key, value);
    (doesStay ? sessionStorage : localStorage).removeItem(key);
    return Promise.resolve();
  }

  getItem(key: string): Promise<string | null> {
    return Promise.resolve(sessionStorage.getItem(key) ?? localStorage.getItem(key));
  }

  removeItem(key: string): Promise<void> {
    sessionStorage.removeItem(key);
    localStorage.removeItem(key);
    return Promise.resolve();
  }

  async clear(): Promise<void> {
    await Promise.all(Object.keys(this.copy()).map((key) => this.removeItem(key)));
  }

  /** All tokens, for another tab. */
  copy(): Tokens {
    const stored = [localStorage, sessionStorage].flatMap(
      (storage) => Object.entries(storage) as [string, string][],
    );
    return Object.fromEntries(stored.filter(([key]) => key.startsWith(PREFIX)));
  }

  /** Take the tokens of another tab. */
  async adopt(tokens: Tokens): Promise<void> {
    await this.clear();
    await Promise.all(Object.entries(tokens).map(([key, value]) => this.setItem(key, value)));
  }
}
