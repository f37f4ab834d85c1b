import { fetchAnswer, type Api } from "./api.ts";
import {
  ApiError,
  OfflineError,
  SpotterError,
  TaskFailedError,
} from "./errors.ts";
import type { paths, Task, UploadForm, UploadRequest } from "./schema.ts";

/** The longest that the service waits in one request. */
const LONGEST_WAIT_SECONDS = 20;

/** A larger picture is sent with a form. */
const DIRECT_MAX_BYTES = 4 * 1024 * 1024;

type Query = NonNullable<paths["/pictures"]["post"]["parameters"]["query"]>;

/** How to look at a picture. What is left out is left to the service. */
export type LookOptions = Omit<Query, "features" | "models">;

const CONTENT_TYPES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/heic",
  "image/avif",
] as const satisfies readonly UploadRequest["contentType"][];

export const isFinished = ({ status }: Pick<Task, "status">) =>
  status === "succeeded" || status === "failed" || status === "expired";

/** Send a picture by the better way. Returns the id of its task. */
export function upload(
  api: Api,
  picture: Blob,
  options: LookOptions = {},
): Promise<string> {
  const send = picture.size <= DIRECT_MAX_BYTES ? uploadDirectly : uploadByForm;
  return send(api, picture, options);
}

/** Send a picture in one request. */
export async function uploadDirectly(
  api: Api,
  picture: Blob,
  options: LookOptions = {},
): Promise<string> {
  const { data } = await api.POST("/pictures", {
    params: {
      query: options,
      header: { "Idempotency-Key": crypto.randomUUID() },
    },
    headers: { "Content-Type": "application/octet-stream" },
    body: picture,
    bodySerializer: (body) => body,
  });
  if (!data) throw new SpotterError("internal_error", "The API named no task");
  return data.taskId;
}

/** Ask for a signed form, and send it with the picture to the storage. */
export async function uploadByForm(
  api: Api,
  picture: Blob,
  options: LookOptions = {},
): Promise<string> {
  const contentType = CONTENT_TYPES.find((it) => it === picture.type);
  if (!contentType)
    throw new SpotterError(
      "unsupported_format",
      `${picture.type} is not taken`,
    );
  const { data } = await api.POST("/upload", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    body: { ...options, contentType, sizeBytes: picture.size },
  });
  if (!data?.upload)
    throw new SpotterError("internal_error", "The API sent no form");
  // Without our token: it is for the API only.
  const body = fillForm(data.upload, picture);
  const stored = await fetchAnswer(data.upload.url, { method: "POST", body });
  if (!stored.ok)
    throw new ApiError(stored.status, "upload_failed", await stored.text());
  return data.taskId;
}

/** What is posted to the address of a signed form. */
export function fillForm({ fields }: UploadForm, picture: Blob): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  // S3 ignores every field after the file.
  form.append("file", picture);
  return form;
}

/**
 * Wait for a result.
 *
 * @throws TaskFailedError when the photo could not be recognised.
 */
export async function waitForResult(
  api: Api,
  taskId: string,
  signal?: AbortSignal,
): Promise<Task> {
  for (;;) {
    const { data: task, response } = await api.GET("/results/{taskId}", {
      params: { path: { taskId }, query: { wait: LONGEST_WAIT_SECONDS } },
      signal: signal ?? null,
    });
    if (!task) throw new OfflineError();
    if (task.status === "succeeded") return task;
    if (isFinished(task)) {
      const { code, message } = task.error ?? {
        code: task.status,
        message: task.status,
      };
      throw new TaskFailedError(code, message);
    }
    const seconds = Number(response.headers.get("Retry-After") ?? 1);
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  }
}
