/** The parts of an OpenAPI 3.1 document that the API page shows. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  description?: string;
  items?: Schema;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  default?: unknown;
};

export type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
};

export type Media = { schema?: Schema; examples?: Record<string, { value: unknown }> };

export type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { description?: string; content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
};

export type OpenApi = {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

export type Route = { method: string; path: string; operation: Operation };

export const listRoutes = (document: OpenApi): Route[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );

/** A type in a few words: `Label[]`, `string or null`, `"a" | "b"`. */
export function describeType(schema: Schema): string {
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "object";
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(describeType).join(" or ");
  if (schema.type === "array") return `${schema.items ? describeType(schema.items) : "any"}[]`;
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : (schema.type ?? "any");
  return schema.format ? `${type} (${schema.format})` : type;
}

/** The answer to show as the example of a route. */
export function findExample(operation: Operation): unknown {
  const good = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
  const media = good.flatMap(([, { content }]) => Object.values(content ?? {}));
  return media.flatMap(({ examples }) => Object.values(examples ?? {})).at(0)?.value;
}

export function findBodyExample(operation: Operation): unknown {
  const media = operation.requestBody?.content["application/json"];
  return Object.values(media?.examples ?? {}).at(0)?.value;
}
