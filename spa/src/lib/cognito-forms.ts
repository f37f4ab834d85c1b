/**
 * What only the account forms need: with the arithmetic of SRP it is a good part of Amplify.
 *
 * A file of its own, so that it is not part of the first load.
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
