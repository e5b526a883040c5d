/** What every answer of the API promises, whatever was asked (docs/API.md, section 1). */

import assert from "node:assert/strict";

const ISO_MILLIS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const OUR_ID = /^(net|acc|post|imp|cs|key|med|wh|evt)_[A-Za-z0-9_.-]+$/;

/** The failure envelope, with the fields at fault named in `details` by their paths. */
export function assertRefused(answer, status, code, ...paths) {
  assert.equal(answer.body?.code, code, answer.text);
  assert.equal(answer.status, status);
  const { body } = answer;
  assert.equal(body.success, false);
  for (const sentence of [body.error, body.message, body.hint]) assert.match(sentence, /^\S.{8,}/, answer.text);
  assert.equal(body.request_id, answer.headers.get("x-request-id"));
  for (const path of paths) assert.ok(at(body.details, path)?._errors?.length > 0, `${path}: ${answer.text}`);
  return body;
}

const at = (details, path) => path.split(".").reduce((node, name) => node?.[name], details);

/** Walks an answer: times are ISO 8601 UTC with milliseconds, ids are strings, ours with a readable prefix. */
export function assertTimesAndIds(value, name = "") {
  if (Array.isArray(value)) return value.forEach((item) => assertTimesAndIds(item, name));
  if (value !== null && typeof value === "object") {
    return Object.entries(value).forEach(([key, item]) => assertTimesAndIds(item, key));
  }
  if (value === null) return undefined;
  if (/(At|_at|since)$/.test(name)) assert.match(value, ISO_MILLIS, name);
  if (/^id$|(_id|Id)$/.test(name)) assert.equal(typeof value, "string", name);
  if (name === "id") assert.match(value, OUR_ID);
  return undefined;
}
