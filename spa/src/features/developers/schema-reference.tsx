import { FieldTable } from "./field-table";
import { describeType, type Schema } from "./openapi";
import { Prose } from "./prose";

type Props = { name: string; schema: Schema };

export function SchemaReference({ name, schema }: Props) {
  if (!schema.properties) {
    return (
      <FieldTable
        caption={name}
        fields={[
          {
            name: describeType(schema),
            schema: {},
            description: schema.description,
            isRequired: false,
          },
        ]}
      />
    );
  }
  return (
    <>
      <FieldTable
        caption={name}
        fields={Object.entries(schema.properties).map(([field, type]) => ({
          name: field,
          schema: type,
          description: type.description,
          isRequired: schema.required?.includes(field) ?? false,
        }))}
      />
      {schema.description && <Prose text={schema.description} />}
    </>
  );
}
