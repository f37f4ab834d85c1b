import { UnstyledButton } from "@mantine/core";

import cat from "@photos/cat.jpg";
import coffee from "@photos/coffee.jpg";
import hens from "@photos/hens.jpg";

import { notify } from "@/components/notify";
import type { TextKey } from "@/lib/i18n";
import { useTranslation } from "@/lib/i18n";

import classes from "./samples.module.css";
import { useAddPhotos } from "./use-add-photos";

/** infra/local/photos/README.md names their authors and licences. */
const SAMPLES: { name: string; url: string; alt: TextKey }[] = [
  { name: "cat.jpg", url: cat, alt: "samples.cat" },
  { name: "coffee.jpg", url: coffee, alt: "samples.coffee" },
  { name: "hens.jpg", url: hens, alt: "samples.hens" },
];

/** Photos for somebody who has none at hand. One click sends one. */
export function Samples() {
  const { t } = useTranslation();
  const add = useAddPhotos();
  const send = async (name: string, url: string) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    add([new File([await answer.arrayBuffer()], name, { type: "image/jpeg" })]);
  };
  return (
    <section className={classes.samples}>
      <h2>{t("samples.title")}</h2>
      <ul>
        {SAMPLES.map(({ name, url, alt }) => (
          <li key={name}>
            <UnstyledButton
              className={classes.sample}
              onClick={() =>
                send(name, url).catch(() => notify({ color: "red", message: t("errors.offline") }))
              }
            >
              <img src={url} alt={t("samples.send", { name: t(alt) })} />
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
