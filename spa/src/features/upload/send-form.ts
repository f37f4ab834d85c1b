import { fillForm, type UploadForm } from "@client";

import { AppError, OfflineError } from "@/lib/errors";

export type { UploadForm } from "@client";

type Options = { signal: AbortSignal; onProgress: (sentBytes: number) => void };

/** The form has expired; ask for a new one. */
export class FormExpiredError extends AppError {
  constructor() {
    super("form_expired");
  }
}

/** Send a picture with its presigned form. Uses XMLHttpRequest because fetch reports no progress. */
export function sendForm(form: UploadForm, picture: Blob, options: Options): Promise<void> {
  const body = fillForm(form, picture);

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => {
      request.abort();
    };
    options.signal.addEventListener("abort", abort, { once: true });
    request.upload.addEventListener("progress", ({ loaded }) => {
      options.onProgress(Math.min(loaded, picture.size));
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(readRefusal(request));
    });
    request.addEventListener("error", () => {
      reject(new OfflineError());
    });
    request.addEventListener("abort", () => {
      reject(new DOMException("The upload was cancelled", "AbortError"));
    });
    request.addEventListener("loadend", () => {
      options.signal.removeEventListener("abort", abort);
    });
    request.open("POST", form.url);
    request.send(body);
  });
}

/** Read the XML in which S3 says why it refused: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function readRefusal(request: XMLHttpRequest): AppError {
  if (request.status >= 500) return new OfflineError();
  if (request.responseText.includes("EntityTooLarge")) return new AppError("image_too_large");
  if (/expired/i.test(request.responseText)) return new FormExpiredError();
  return new AppError("upload_refused");
}
