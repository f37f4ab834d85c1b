export { createApi, type Api, type Auth } from "./api.ts";
export * from "./errors.ts";
export { createKeyAuth } from "./key-auth.ts";
export {
  fillForm,
  isFinished,
  upload,
  uploadByForm,
  uploadDirectly,
  waitForResult,
  type LookOptions,
} from "./look.ts";
export type * from "./schema.ts";
