export { createApi, type Api, type Auth } from "./api";
export * from "./errors";
export { createKeyAuth } from "./key-auth";
export {
  fillForm,
  isFinished,
  upload,
  uploadByForm,
  uploadDirectly,
  waitForResult,
  type LookOptions,
} from "./look";
export type * from "./schema";
