import type { Api } from "@/lib/api";
import { LIKELY } from "@/lib/labels";

export type LiveStream = { streamId: string };

export type StreamApi = {
  create: () => Promise<LiveStream>;
  remove: (streamId: string) => Promise<void>;
  send: (streamId: string, frame: number, picture: Blob, signal: AbortSignal) => Promise<void>;
};

/** The operators see it in their list of streams. */
const NAME = "Web page";
/** The page shows no others. */
const OPTIONS = { minConfidence: LIKELY, maxLabels: 10 };

export const createStreamApi = (api: Api): StreamApi => ({
  create: async () => {
    const { data } = await api.POST("/streams", { body: { name: NAME, ...OPTIONS } });
    if (!data) throw new Error("The API sent no stream");
    return data;
  },
  remove: async (streamId) => {
    // keepalive: the browser finishes the request even if the page closes.
    const params = { path: { streamId } };
    await api.DELETE("/streams/{streamId}", { params, keepalive: true });
  },
  send: async (streamId, frame, picture, signal) => {
    await api.PUT("/streams/{streamId}/frames", {
      params: { path: { streamId }, query: { frame } },
      headers: { "Content-Type": "image/jpeg" },
      body: picture,
      bodySerializer: (body) => body,
      signal,
    });
  },
});
