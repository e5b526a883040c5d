// JSON bodies against the schemas of X's OpenAPI 2.167, which has `additionalProperties: false` at every level.
// The wording of a schema refusal is assumed.
import { api } from "./problems.mjs";
import { refuse } from "./reply.mjs";

export const id = { type: "string", pattern: /^[0-9]{1,19}$/ };
export const string = { type: "string" };
export const boolean = { type: "boolean" };
/** Bytes are a Buffer, whichever way they came (upload-body.mjs). */
export const bytes = { type: "bytes" };
export const anything = { type: "anything" };
export const integer = (minimum, maximum) => ({ type: "integer", minimum, maximum });
export const oneOf = (...values) => ({ type: "string", values });
export const array = (items, minItems = 0, maxItems = Infinity) => ({ type: "array", items, minItems, maxItems });
export const object = (properties, required = []) => ({ type: "object", properties, required });

/** The body if it fits; X's refusal if it does not. */
export function readJson(request, schema) {
  if (!isJson(request)) refuse(api.contentType());
  return conforming(schema, parseJson(request.body));
}

export const isJson = (request) => /^application\/json\b/i.test(request.headers["content-type"] ?? "");

export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(api.notJson());
  }
}

/** The value, if it fits its schema. */
export function conforming(schema, value) {
  check(schema, value, "$");
  return value;
}

function check(schema, value, path) {
  const fault = CHECKS[schema.type](schema, value, path);
  if (fault) refuse(api.invalid(`${path}: ${fault}`, { [path.replace(/^\$\.?/, "")]: [shown(value)] }));
}

const SHOWN = 100;
const shown = (value) => String(value).slice(0, SHOWN);

const CHECKS = {
  anything: () => false,
  bytes: (_schema, value) => !Buffer.isBuffer(value) && "bytes expected",
  boolean: (_schema, value) => typeof value !== "boolean" && "boolean expected",
  integer: ({ minimum, maximum }, value) =>
    (!Number.isInteger(value) && "integer expected") ||
    ((value < minimum || value > maximum) && `must be between ${minimum} and ${maximum}`),
  string: checkString,
  array: checkArray,
  object: checkObject,
};

function checkString({ pattern, values, minLength = 0, maxLength = Infinity }, value) {
  if (typeof value !== "string") return "string expected";
  if (pattern && !pattern.test(value)) return `does not match ${pattern.source}`;
  if (values && !values.includes(value)) return `must be one of ${values.join(", ")}`;
  const length = [...value].length;
  return (length < minLength || length > maxLength) && `must have ${minLength} to ${maxLength} characters`;
}

function checkArray({ items, minItems, maxItems }, value, path) {
  if (!Array.isArray(value)) return "array expected";
  if (value.length < minItems || value.length > maxItems) return `must have ${minItems} to ${maxItems} items`;
  value.forEach((item, index) => check(items, item, `${path}[${index}]`));
  return null;
}

function checkObject({ properties, required }, value, path) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return "object expected";
  const missing = required.find((name) => value[name] === undefined);
  if (missing) return `${missing} is missing but it is required`;
  for (const [name, item] of Object.entries(value)) {
    if (!Object.hasOwn(properties, name)) return `${name} is not defined in the schema`;
    check(properties[name], item, `${path}.${name}`);
  }
  return null;
}
