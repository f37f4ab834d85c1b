import { Amplify } from "aws-amplify";
import { fetchAuthSession, signOut } from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";

import type { AppConfig } from "./config";
import { AppError, OfflineError } from "./errors";
import type { TokenStore } from "./token-store";

export type User = { id: string; email: string };
export type IdToken = { token: string; user: User };

/** The next step of a sign-in after the password was accepted. */
export type SignInStep = "done" | "confirmAddress" | "choosePassword";

/** The operations of a user pool that the page needs. */
export type UserPool = Pick<Cognito, keyof Cognito>;

/** Calls Cognito. */
export class Cognito {
  constructor(config: AppConfig, tokens: TokenStore) {
    const { userPoolId, userPoolClientId, userPoolEndpoint } = config;
    Amplify.configure({
      Auth: {
        Cognito: { userPoolId, userPoolClientId, ...(userPoolEndpoint && { userPoolEndpoint }) },
      },
    });
    cognitoUserPoolsTokenProvider.setKeyValueStorage(tokens);
  }

  /** The ID token, refreshed before it expires; undefined when nobody is signed in. */
  async findIdToken({ forceRefresh = false } = {}): Promise<IdToken | undefined> {
    const session = await ask(() => fetchAuthSession({ forceRefresh }));
    const idToken = session.tokens?.idToken;
    if (!idToken) return undefined;
    const { sub, email } = idToken.payload;
    return {
      token: idToken.toString(),
      user: { id: sub ?? "", email: typeof email === "string" ? email : "" },
    };
  }

  async signIn(email: string, password: string): Promise<SignInStep> {
    const { nextStep } = await askForm((auth) => auth.signIn({ username: email, password }));
    return toStep(nextStep.signInStep);
  }

  /** Replace the password that an operator set with one of the user's own. */
  async chooseFirstPassword(newPassword: string): Promise<SignInStep> {
    const { nextStep } = await askForm((auth) =>
      auth.confirmSignIn({ challengeResponse: newPassword }),
    );
    return toStep(nextStep.signInStep);
  }

  async signUp(email: string, password: string): Promise<void> {
    const options = { userAttributes: { email } };
    await askForm((auth) => auth.signUp({ username: email, password, options }));
  }

  async confirmSignUp(email: string, code: string): Promise<void> {
    await askForm((auth) => auth.confirmSignUp({ username: email, confirmationCode: code }));
  }

  async resendCode(email: string): Promise<void> {
    await askForm((auth) => auth.resendSignUpCode({ username: email }));
  }

  async requestReset(email: string): Promise<void> {
    await askForm((auth) => auth.resetPassword({ username: email }));
  }

  async resetPassword(email: string, code: string, newPassword: string): Promise<void> {
    const answer = { username: email, confirmationCode: code, newPassword };
    await askForm((auth) => auth.confirmResetPassword(answer));
  }

  async changePassword(oldPassword: string, newPassword: string): Promise<void> {
    await askForm((auth) => auth.updatePassword({ oldPassword, newPassword }));
  }

  async signOut({ everywhere = false } = {}): Promise<void> {
    await ask(() => signOut({ global: everywhere }));
  }
}

type Forms = typeof import("./cognito-forms");

const askForm = <Result>(request: (auth: Forms) => Promise<Result>): Promise<Result> =>
  ask(async () => request(await import("./cognito-forms")));

function toStep(step: string): SignInStep {
  if (step === "DONE") return "done";
  if (step === "CONFIRM_SIGN_UP") return "confirmAddress";
  if (step === "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED") return "choosePassword";
  throw new AppError(step);
}

/** Translate Amplify's errors. Their names are the exception names of Cognito. */
async function ask<Result>(request: () => Promise<Result>): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === "NetworkError" || error instanceof TypeError) throw new OfflineError();
    throw new AppError(error.name, error.message);
  }
}
