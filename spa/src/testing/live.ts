import { http, HttpResponse, type WebSocketHandlerConnection, ws } from "msw";
import { expect, vi } from "vitest";

import type { FrameMessage } from "@/lib/push";

import { API, server } from "./server";

const SOCKET = "ws://socket.test/live";

type Answer = (frame: number) => Partial<FrameMessage> | Response | null;

/** The live part of the API: it answers each frame that arrives, as the test says. */
export class FakeLive {
  streams = 0;
  removed: string[] = [];
  /** Number and size of each frame that arrived. */
  frames: { streamId: string; frame: number; type: string | null; bytes: number }[] = [];
  connections: WebSocketHandlerConnection[] = [];
  /** Null: the frame is lost. A response: the request is refused. */
  answer: Answer = () => ({});
  answerCreate: () => Response | null = () => null;

  constructor() {
    server.use(
      ws.link(SOCKET).addEventListener("connection", (connection) => {
        this.connections.push(connection);
      }),
      http.post(`${API}/live/tickets`, () =>
        HttpResponse.json({ ticket: "ticket-1", url: SOCKET }, { status: 201 }),
      ),
      http.post(`${API}/streams`, () => {
        const refused = this.answerCreate();
        if (refused) return refused;
        this.streams += 1;
        return HttpResponse.json({ streamId: `stream-${this.streams}` }, { status: 201 });
      }),
      http.put(`${API}/streams/:streamId/frames`, async ({ request, params }) => {
        const streamId = String(params.streamId);
        const frame = Number(new URL(request.url).searchParams.get("frame"));
        const type = request.headers.get("Content-Type");
        this.frames.push({
          streamId,
          frame,
          type,
          bytes: (await request.arrayBuffer()).byteLength,
        });
        const answer = this.answer(frame);
        if (answer instanceof Response) return answer;
        if (answer) this.push({ streamId, frame, ...answer });
        return HttpResponse.json({ streamId, frame }, { status: 202 });
      }),
      http.delete(`${API}/streams/:streamId`, ({ params }) => {
        this.removed.push(String(params.streamId));
        return new HttpResponse(null, { status: 204 });
      }),
    );
  }

  /** Every stream was removed, so no request comes after the test. */
  untilEnded(): Promise<void> {
    return vi.waitFor(() => {
      expect(this.removed).toHaveLength(this.streams);
    });
  }

  push(message: Partial<FrameMessage>): void {
    const usual = { type: "frame", status: "succeeded", labels: [], image: null, ageMs: 5 };
    this.connections.at(-1)?.client.send(JSON.stringify({ ...usual, error: null, ...message }));
  }
}

/** What the API answers when it takes no frame at the moment. */
export const buildBusy = (seconds: number): Response =>
  HttpResponse.json(
    { code: "live_busy", detail: `Spotter is busy, try in ${seconds} s` },
    { status: 429, headers: { "Retry-After": String(seconds) } },
  );
