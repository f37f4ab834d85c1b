import type { Label, Task } from "@/lib/tasks";

type LabelOptions = { parents?: string[]; boxes?: number[] };

export const buildLabel = (
  name: string,
  confidence: number,
  options: LabelOptions = {},
): Label => ({
  name,
  confidence,
  parents: (options.parents ?? []).map((parent) => ({ name: parent })),
  aliases: [],
  instances: (options.boxes ?? []).map((sure, i) => ({
    confidence: sure,
    boundingBox: { left: 0.1 * (i + 1), top: 0.2, width: 0.3, height: 0.4 },
  })),
});

export const buildTask = (changes: Partial<Task> = {}): Task => ({
  taskId: "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55",
  status: "succeeded",
  createdAt: "2026-11-22T12:00:00Z",
  updatedAt: "2026-11-22T12:00:01Z",
  queuedAt: "2026-11-22T12:00:00Z",
  finishedAt: "2026-11-22T12:00:01Z",
  expiresAt: "2026-12-22T12:00:00Z",
  fileName: "dog.jpg",
  reference: null,
  queue: null,
  contentType: "image/jpeg",
  sizeBytes: 155_000,
  minConfidence: 30,
  maxLabels: 20,
  image: {
    url: "http://images.test/dog?signature=1",
    previewUrl: null,
    thumbnailUrl: null,
    metadata: "removed",
    urlExpiresAt: "2999-01-01T00:00:00Z",
    width: 800,
    height: 600,
  },
  version: 1,
  nextVersion: null,
  labels: [
    buildLabel("animal", 99.4),
    buildLabel("dog", 99.2, { parents: ["animal"], boxes: [99.2] }),
    buildLabel("German Shepherd", 97.1, { parents: ["dog", "animal"] }),
    buildLabel("stick", 35),
  ],
  localNames: null,
  corrections: null,
  features: ["labels"],
  detail: "fast",
  properties: null,
  text: null,
  fingerprint: null,
  models: { classifier: "efficientnet_lite3", detector: "ssd_mobilenet_v2" },
  timings: { queuedMs: 12, decodeMs: 31.2, inferenceMs: 141, totalMs: 510 },
  error: null,
  engine: { asked: "spotter", answer: { by: "spotter", reason: "asked", costUsd: 0 } },
  moderation: null,
  startsInSeconds: null,
  ...changes,
});
