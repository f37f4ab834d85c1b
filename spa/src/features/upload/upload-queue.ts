import type { Api } from "@/lib/api";
import { Backoff } from "@/lib/backoff";
import type { Defaults } from "@/lib/defaults";
import { ApiError, type AppError, OfflineError, SessionEndedError, toAppError } from "@/lib/errors";
import { type ImageFacts, inspectImage } from "@/lib/image-file";
import { rememberPicture } from "@/lib/pictures";
import { markSent } from "@/lib/sent-tasks";
import { Store } from "@/lib/store";

import { abandonTask, dropTask } from "./abandon-task";
import { buildRequest } from "./build-request";
import { preparePicture } from "./prepare-picture";
import { FormExpiredError, sendForm } from "./send-form";
import { SentPhotos } from "./sent-photos";
import { createSpeedometer } from "./speed";
import { UnsentPhotos } from "./unsent-photos";
import { isBusy, isLimited } from "./upload-errors";
import { applyDefaults, type Asked, createItem, isActive, type UploadItem } from "./upload-item";

/** More uploads at once would only share the same bandwidth. */
const PARALLEL = 3;
const FIRST_RETRY_MS = 2_000;
const SLOWEST_RETRY_MS = 30_000;
const USUAL: Asked = { features: ["labels"], engine: "spotter", shrink: true };

type Options = {
  onSent: (taskId: string) => void;
  readDefaults: () => Promise<Defaults>;
  firstRetryMs?: number;
};

/** Sends the photos of this tab to the API. Lives outside React, so a page change stops nothing. */
export class UploadQueue extends Store<UploadItem[]> {
  private readonly sentPhotos = new SentPhotos();
  private readonly unsentPhotos = new UnsentPhotos();
  private readonly aborts = new Map<string, AbortController>();
  private inspecting: Promise<unknown> = Promise.resolve();
  private preparing: Promise<unknown> = Promise.resolve();
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private holdTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff: Backoff;
  private readonly limitBackoff: Backoff;

  constructor(
    private readonly api: Api,
    private readonly options: Options,
  ) {
    super([]);
    const firstRetryMs = options.firstRetryMs ?? FIRST_RETRY_MS;
    this.backoff = new Backoff(firstRetryMs, SLOWEST_RETRY_MS);
    this.limitBackoff = new Backoff(firstRetryMs, firstRetryMs);
    this.subscribe(() => {
      this.unsentPhotos.note(this.state);
    });
  }

  /**
   * Send what the page before a reload had not sent.
   *
   * @returns The names of the photos that this browser did not keep. Their tasks wait for photos
   *   that will not come, so they are deleted.
   */
  async continue(): Promise<string[]> {
    void this.unsentPhotos.files.dropOld();
    const lost = await Promise.all(
      this.unsentPhotos.left.map(async (unsent) => {
        const file = await this.unsentPhotos.files.find(unsent.id);
        // With the same id the API gives the same task, also if its photo has arrived.
        if (file) this.enqueue([createItem(file, unsent)]);
        else if (!unsent.taskId || (await dropTask(this.api, unsent.taskId))) return [unsent.name];
        return [];
      }),
    );
    return lost.flat();
  }

  add(files: readonly File[], asked: Partial<Asked> = {}): void {
    const items = files.map((file) => createItem(file, { ...USUAL, ...asked }));
    for (const { id, file } of items) void this.unsentPhotos.files.keep(id, file);
    this.enqueue(items);
  }

  /** Remove a photo, and delete its task if it has one. */
  cancel(id: string): void {
    const item = this.find(id);
    if (!item) return;
    this.aborts.get(id)?.abort();
    this.set(this.state.filter((other) => other.id !== id));
    // The page may still show the picture of a task.
    if (item.status !== "sent") URL.revokeObjectURL(item.previewUrl);
    if (item.taskId) abandonTask(this.api, item.taskId);
    this.pump();
  }

  /** Send a failed photo or a duplicate again. */
  retry(id: string): void {
    this.change(id, { status: "waiting" });
    this.pump();
  }

  /** Resume after the network or the session is back. */
  resume(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    for (const { id, status } of this.state) {
      if (status === "paused") this.change(id, { status: "waiting" });
    }
    this.pump();
  }

  /** Drop a task that was deleted elsewhere on the page. */
  forget(taskId: string): void {
    this.sentPhotos.forget(taskId);
    this.set(this.state.filter((item) => item.taskId !== taskId));
  }

  /** Drop everything before another user signs in. */
  clear(): void {
    this.aborts.forEach((abort) => {
      abort.abort();
    });
    this.state.forEach(({ previewUrl }) => {
      URL.revokeObjectURL(previewUrl);
    });
    this.sentPhotos.clear();
    this.set([]);
    void this.unsentPhotos.files.clear();
  }

  /** Find the task that was made from the same photo earlier in this session. */
  findEarlier({ fingerprint }: UploadItem): string | undefined {
    return fingerprint && this.sentPhotos.find(fingerprint);
  }

  get isBusy(): boolean {
    return this.state.some(isActive);
  }

  private enqueue(items: readonly UploadItem[]): void {
    this.set([...this.state, ...items]);
    // Ahead, while the photos are checked. A failure shows when the first one is sent.
    this.options.readDefaults().catch(() => undefined);
    for (const { id } of items) {
      // One at a time: each holds a whole file in memory.
      this.inspecting = this.inspecting.then(() => this.inspect(id));
    }
  }

  /** Refuse a wrong file at once, before photos that were chosen earlier are shrunk. */
  private async inspect(id: string): Promise<void> {
    const item = this.find(id);
    if (!item) return;
    try {
      const facts = await inspectImage(item.file);
      // The same photo is no duplicate if something else is asked for.
      const asked = `${item.detail ?? "default"} ${item.engine} ${item.features.join()}`;
      this.change(id, { fingerprint: `${asked} ${facts.fingerprint}` });
      this.preparing = this.preparing.then(() => this.prepare(id, facts));
    } catch (error) {
      this.change(id, { status: "refused", errorCode: toAppError(error).code });
    }
  }

  private async prepare(id: string, facts: ImageFacts): Promise<void> {
    const item = this.find(id);
    if (!item?.fingerprint) return;
    const prepared = await preparePicture(item, facts);
    // It was removed meanwhile, and nothing else releases the preview of a smaller copy.
    if (!this.find(id)) URL.revokeObjectURL(prepared.previewUrl);
    const isKnown = this.isKnown(id, item.fingerprint);
    this.change(id, { ...prepared, status: isKnown ? "duplicate" : "waiting" });
    this.pump();
  }

  private isKnown(id: string, fingerprint: string): boolean {
    // Of two equal photos the first one is sent.
    const first = this.state.find((item) => item.fingerprint === fingerprint);
    return this.sentPhotos.find(fingerprint) !== undefined || first?.id !== id;
  }

  /** Start waiting uploads while slots are free, oldest first. */
  private pump(): void {
    if (this.holdTimer !== undefined) return;
    const waiting = this.state.filter(({ status }) => status === "waiting");
    const room = PARALLEL - this.aborts.size;
    for (const item of waiting.slice(0, Math.max(room, 0))) void this.send(item);
  }

  private async send(item: UploadItem): Promise<void> {
    const abort = new AbortController();
    this.aborts.set(item.id, abort);
    this.change(item.id, { status: "sending", sentBytes: 0, bytesPerSecond: 0 });
    try {
      const taskId = await this.transfer(item, abort.signal);
      // A browser that cannot show the file shows what the API has of it.
      if (item.width !== null) {
        rememberPicture(taskId, { url: item.previewUrl, width: item.width, height: item.height });
      } else {
        URL.revokeObjectURL(item.previewUrl);
      }
      if (item.fingerprint) this.sentPhotos.remember(item.fingerprint, taskId);
      markSent(taskId);
      this.change(item.id, { status: "sent" });
      this.backoff.reset();
      this.options.onSent(taskId);
    } catch (error) {
      if (!abort.signal.aborted) this.settle(item.id, toAppError(error));
    } finally {
      this.aborts.delete(item.id);
      this.pump();
    }
  }

  private async transfer(item: UploadItem, signal: AbortSignal, mayRenew = true): Promise<string> {
    const { picture } = item;
    if (!picture) throw new Error("The picture was not prepared");
    // Do not abort: without the answer the id of the task is unknown, and it could not be deleted.
    const ticket = await this.createTicket(item, picture);
    if (signal.aborted) {
      abandonTask(this.api, ticket.taskId);
      signal.throwIfAborted();
    }
    this.change(item.id, { taskId: ticket.taskId });
    // A repeat gets no form if the picture arrived the first time and only the answer was lost.
    if (!ticket.upload) return ticket.taskId;
    const measure = createSpeedometer();
    const onProgress = (sentBytes: number) => {
      this.change(item.id, { sentBytes, bytesPerSecond: measure(sentBytes) });
    };
    try {
      await sendForm(ticket.upload, picture.blob, { signal, onProgress });
    } catch (error) {
      if (!(error instanceof FormExpiredError && mayRenew)) throw error;
      return this.transfer(item, signal, false);
    }
    return ticket.taskId;
  }

  private async createTicket(item: UploadItem, picture: NonNullable<UploadItem["picture"]>) {
    const decided = await this.decide(item);
    const { data } = await this.api.POST("/upload", {
      // The id of the item is the idempotency key: a repeat renews the form and makes no second task.
      params: { header: { "Idempotency-Key": item.id } },
      body: buildRequest(item, picture, decided),
    });
    if (!data) throw new Error("The API sent no task");
    return data;
  }

  /** Take from the account's defaults what nobody said, once: a repeat must ask for the same. */
  private async decide(item: UploadItem) {
    const decided = item.decided ?? applyDefaults(item, await this.options.readDefaults());
    this.change(item.id, { decided });
    return decided;
  }

  private settle(id: string, error: AppError): void {
    if (error instanceof SessionEndedError) {
      this.change(id, { status: "paused", pausedBy: "session" });
    } else if (isLimited(error)) {
      // Not an error: these are many photos. They continue when earlier ones are finished.
      this.change(id, { status: "waiting" });
      this.hold(this.limitBackoff.next(error.retryAfterMs));
    } else if (error instanceof OfflineError || isBusy(error)) {
      this.change(id, { status: "paused", pausedBy: "offline" });
      this.resumeLater(error instanceof ApiError ? error.retryAfterMs : null);
    } else {
      this.change(id, { status: "failed", errorCode: error.code, errorText: error.message });
    }
  }

  /** Send nothing for a while. */
  private hold(ms: number): void {
    clearTimeout(this.holdTimer);
    this.holdTimer = setTimeout(() => {
      this.holdTimer = undefined;
      this.pump();
    }, ms);
  }

  /** Retry after a delay: the browser's "online" event knows the local network, not the internet. */
  private resumeLater(retryAfterMs: number | null): void {
    if (this.retryTimer !== undefined) return;
    this.retryTimer = setTimeout(() => {
      this.resume();
    }, this.backoff.next(retryAfterMs));
  }

  private find(id: string): UploadItem | undefined {
    return this.state.find((item) => item.id === id);
  }

  private change(id: string, changes: Partial<UploadItem>): void {
    this.set(this.state.map((item) => (item.id === id ? { ...item, ...changes } : item)));
  }
}
