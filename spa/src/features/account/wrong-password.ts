import { AppError } from "@/lib/errors";

/** Cognito has one error for a wrong address and a wrong password. Here it is the password. */
export function nameWrongPassword(error: unknown): never {
  const isWrong = error instanceof AppError && error.code === "NotAuthorizedException";
  throw isWrong ? new AppError("wrong_password") : error;
}
