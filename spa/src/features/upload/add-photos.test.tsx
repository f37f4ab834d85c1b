import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { AppConfig } from "@/lib/config";
import { buildServices, renderPart } from "@/testing/services";

import { AddPhotos } from "./add-photos";
import { UploadQueue } from "./upload-queue";
import { UploadsContext } from "./uploads";

const SECOND_OPINION = /Ask Amazon Rekognition when unsure/;
/** Never sent: its bytes are no picture. */
const PHOTO = new File(["photo"], "photo.jpg", { type: "image/jpeg" });

/** The start page's part with its own queue. */
async function open(config: Partial<AppConfig>): Promise<UploadQueue> {
  const { services } = await buildServices();
  const readDefaults = () => Promise.resolve({ stripMetadata: null, detail: null });
  const queue = new UploadQueue(services.api, { onSent: () => undefined, readDefaults });
  const part = (
    <UploadsContext value={queue}>
      <AddPhotos heading={null} />
    </UploadsContext>
  );
  await renderPart(part, "/", config);
  return queue;
}

test("Amazon Rekognition is no choice where the service does not offer it", async () => {
  localStorage.setItem("spotter.secondOpinion", "true");

  const queue = await open({});

  expect(await screen.findByRole("switch", { name: /Also read text/ })).toBeVisible();
  expect(screen.queryByRole("switch", { name: SECOND_OPINION })).toBeNull();
  await userEvent.upload(screen.getByLabelText("Choose photos"), PHOTO);
  expect(queue.state[0]?.engine).toBe("spotter");
});

test("a second opinion is asked for only if the user wants it", async () => {
  const queue = await open({ offersRekognition: true });
  const choice = await screen.findByRole("switch", { name: SECOND_OPINION });
  expect(choice).not.toBeChecked();

  await userEvent.click(choice);
  await waitFor(() => {
    expect(choice).toBeChecked();
  });
  await userEvent.upload(screen.getByLabelText("Choose photos"), PHOTO);

  expect(queue.state[0]?.engine).toBe("auto");
});
