/** The pages after the first one, each in a chunk of its own. */
export const pages = {
  signIn: async () => (await import("@/features/account/sign-in-page")).SignInPage,
  signUp: async () => (await import("@/features/account/sign-up-page")).SignUpPage,
  forgotPassword: async () =>
    (await import("@/features/account/forgot-password-page")).ForgotPasswordPage,
  result: async () => (await import("@/features/results/result-page")).ResultPage,
  live: async () => (await import("./live-route")).LiveRoute,
  history: async () => (await import("@/features/history/history-page")).HistoryPage,
  doubles: async () => (await import("@/features/history/doubles-page")).DoublesPage,
  exports: async () => (await import("@/features/exports/exports-page")).ExportsPage,
  api: async () => (await import("@/features/developers/api-page")).ApiPage,
  names: async () => (await import("@/features/names/names-page")).NamesPage,
  deleteAccount: async () =>
    (await import("@/features/account/delete-account-page")).DeleteAccountPage,
  keys: async () => (await import("@/features/keys/keys-page")).KeysPage,
  webhooks: async () => (await import("@/features/webhooks/webhooks-page")).WebhooksPage,
  account: async () => (await import("@/features/account/account-page")).AccountPage,
};

/** Fetch the other pages while online, so that they also open offline. */
export function preparePages(): void {
  for (const load of [pages.result, pages.history, pages.account, pages.api]) {
    load().catch(() => undefined);
  }
}
