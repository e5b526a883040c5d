/** The types of `/openapi.json` in words, with links to the types that have a name. */

import { escape, from, inline, table } from "./html.mjs";

const TYPES = "reference/types.html";

const linkTo = (page, name) => `<a href="${page === TYPES ? "" : from(page, TYPES)}#${name}">${name}</a>`;

/** A schema in a few words, as `page` shows it. */
export function typeIn(page, schema = {}) {
  if (schema.$ref) return linkTo(page, schema.$ref.split("/").at(-1));
  if (schema.anyOf) return schema.anyOf.map((one) => typeIn(page, one)).join(" or ");
  if ("const" in schema) return `<code>${escape(JSON.stringify(schema.const))}</code>`;
  if (schema.enum) return schema.enum.map((word) => `<code>${escape(word)}</code>`).join(", ");
  if (schema.type === "array") return [`list of ${typeIn(page, schema.items)}`, sizeOf(schema.minItems, schema.maxItems, "rows")].filter(Boolean).join(", ");
  if (schema.type === "object" && schema.additionalProperties) return `record of ${typeIn(page, schema.additionalProperties)} by name`;
  return [schema.type ?? "anything", ...limits(schema)].join(", ");
}

function limits({ minimum, maximum, minLength, maxLength, pattern, format }) {
  const parts = [sizeOf(minimum, maximum, ""), sizeOf(minLength, maxLength, "characters"), format && escape(format)];
  return [...parts, pattern && `<code>${escape(pattern)}</code>`].filter(Boolean);
}

function sizeOf(least, most, of) {
  if (least === undefined && most === undefined) return "";
  const range = most === undefined ? `${least} or more` : `${least ?? 0} to ${most}`;
  return `${range} ${of}`.trim();
}

/** The section of a type: its words, or its fields. */
function section(name, schema) {
  const about = schema.description ? `<p>${inline(schema.description)}</p>\n` : "";
  return `<section>\n<h2 id="${name}">${name}</h2>\n${about}${contentOf(schema)}</section>\n`;
}

function contentOf(schema) {
  if (schema["x-enum-statuses"]) return codes(schema);
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return `<p>${typeIn(TYPES, schema)}</p>\n`;
  const required = new Set(schema.required);
  const row = ([field, type]) => [
    `<code>${escape(field)}</code>${required.has(field) ? "" : " (optional)"}`,
    typeIn(TYPES, type),
    inline(type.description) + (type.deprecated ? " Deprecated." : ""),
  ];
  return table(["field", "type", "about"], fields.map(row));
}

/** Error codes, each with its status and what to do. */
const codes = (schema) =>
  table(["code", "status", "what to do"], schema.enum.map((code, at) => [`<code>${code}</code>`, schema["x-enum-statuses"][at], inline(schema["x-enum-descriptions"][at])]));

export const typesPage = ({ components: { schemas } }) => ({
  path: TYPES,
  title: "Types",
  body: `<h1>Types</h1>\n${Object.entries(schemas).sort(([one], [other]) => one.localeCompare(other)).map(([name, schema]) => section(name, schema)).join("")}`,
});
