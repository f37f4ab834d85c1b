import { Button, Switch } from "@mantine/core";
import { type ChangeEvent, useRef } from "react";

import { FocusFrame } from "@/components/focus-frame";
import { CameraIcon, PhotosIcon } from "@/components/icons";
import { useEngine, useFeatures, useShrink } from "@/lib/choices";
import { useTranslation } from "@/lib/i18n";
import { LIMITS } from "@/lib/limits";

import classes from "./add-photos.module.css";
import { useUploads } from "./uploads";
import { useAddPhotos } from "./use-add-photos";

type Props = { heading: React.ReactNode };

/** The start of a visit: choose, take or drop photos. */
export function AddPhotos({ heading }: Props) {
  const { t } = useTranslation();
  const { items } = useUploads();
  const add = useAddPhotos();
  const { shrink, setShrink } = useShrink();
  const { text, setText, properties, setProperties } = useFeatures();
  const { isOffered, secondOpinion, setSecondOpinion } = useEngine();
  return (
    <section className={classes.area} data-compact={items.length > 0 || undefined}>
      <FocusFrame />
      {heading}
      <div className={classes.buttons}>
        <FileButton
          text={t("upload.choose")}
          icon={<PhotosIcon />}
          accept={LIMITS.contentTypes.join()}
          multiple
          onFiles={add}
        />
        <span className={classes.camera}>
          <FileButton
            text={t("upload.camera")}
            icon={<CameraIcon />}
            accept="image/*"
            capture="environment"
            variant="default"
            onFiles={add}
          />
        </span>
      </div>
      <p className={classes.hint}>
        <span className={classes.drop}>{t("upload.dropHint")}</span> {t("upload.hint")}
      </p>
      <div className={classes.choices}>
        <Switch
          size="sm"
          withThumbIndicator={false}
          checked={shrink}
          onChange={(event) => {
            setShrink(event.currentTarget.checked);
          }}
          label={t("upload.shrink")}
          description={t("upload.shrinkWhy")}
        />
        <Switch
          size="sm"
          withThumbIndicator={false}
          checked={text}
          onChange={(event) => {
            setText(event.currentTarget.checked);
          }}
          label={t("upload.text")}
          description={t("upload.textWhy")}
        />
        <Switch
          size="sm"
          withThumbIndicator={false}
          checked={properties}
          onChange={(event) => {
            setProperties(event.currentTarget.checked);
          }}
          label={t("upload.properties")}
          description={t("upload.propertiesWhy")}
        />
        {isOffered && (
          <Switch
            size="sm"
            withThumbIndicator={false}
            checked={secondOpinion}
            onChange={(event) => {
              setSecondOpinion(event.currentTarget.checked);
            }}
            label={t("upload.secondOpinion")}
            description={t("upload.secondOpinionWhy")}
          />
        )}
      </div>
    </section>
  );
}

type FileButtonProps = {
  text: string;
  icon: React.ReactNode;
  accept: string;
  multiple?: boolean;
  capture?: "environment";
  variant?: string;
  onFiles: (files: File[]) => void;
};

function FileButton({ text, icon, onFiles, variant = "filled", ...input }: FileButtonProps) {
  const ref = useRef<HTMLInputElement>(null);
  const pass = (event: ChangeEvent<HTMLInputElement>) => {
    onFiles(Array.from(event.currentTarget.files ?? []));
    // Without this, choosing the same file again would fire no change event.
    event.currentTarget.value = "";
  };
  return (
    <>
      <Button
        size="md"
        variant={variant}
        leftSection={icon}
        onClick={() => {
          ref.current?.click();
        }}
      >
        {text}
      </Button>
      <input {...input} ref={ref} type="file" hidden aria-label={text} onChange={pass} />
    </>
  );
}
