import { setupServer } from "msw/node";

/** The network of a test: an unexpected request is an error. */
export const server = setupServer();

export const API = "http://api.test/v1";
export const S3 = "http://s3.test/images";
