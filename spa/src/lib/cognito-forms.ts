/**
 * The functions that only the account forms need, such as SRP sign-in, a large part of Amplify.
 *
 * They are in a file of their own, so that they are not part of the first load.
 */
export {
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  resendSignUpCode,
  resetPassword,
  signIn,
  signUp,
  updatePassword,
} from "aws-amplify/auth";
