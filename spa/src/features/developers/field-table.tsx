import { useTranslation } from "@/lib/i18n";

import classes from "./field-table.module.css";
import { describeType, type Schema } from "./openapi";
import { Prose } from "./prose";

export type Field = {
  name: string;
  schema: Schema;
  description: string | undefined;
  isRequired: boolean;
};

type Props = { caption: string; fields: Field[] };

export function FieldTable({ caption, fields }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.fields}>
      <h3>{caption}</h3>
      <dl>
        {fields.map(({ name, schema, description, isRequired }) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
              <span className={classes.type}>{describeType(schema)}</span>
              {isRequired && <span className={classes.required}>{t("api.required")}</span>}
            </dt>
            <dd>{description && <Prose text={description} />}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
