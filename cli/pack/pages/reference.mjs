/** The reference: a page for each tag of `/openapi.json`, one for the events of webhooks, and one for the types. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../contents.mjs";
import { code, escape, inline, table } from "./html.mjs";
import { typeIn, typesPage } from "./types.mjs";

const METHODS = ["get", "head", "post", "put", "patch", "delete"];
const json = (value) => JSON.stringify(value, null, 2);
const slug = (tag) => tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

export async function referencePages() {
  const description = JSON.parse(await readFile(join(REPOSITORY, "build/assets/openapi.json"), "utf8"));
  const operations = Object.entries(description.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ name: `${method.toUpperCase()} ${path}`, ...item[method] })),
  );
  const events = Object.entries(description.webhooks).map(([name, { post }]) => ({ name, ...post }));
  const tags = description.tags.map(({ name }) => page(description, name, operations.filter(({ tags: [tag] }) => tag === name)));
  return [...tags, page(description, "Events of webhooks", events), typesPage(description)];
}

function page(description, title, operations) {
  const path = `reference/${slug(title)}.html`;
  const overview = table(["call", "does"], operations.map(({ name, operationId, summary }) => [`<a href="#${operationId}"><code>${escape(name)}</code></a>`, inline(summary)]));
  const sections = operations.map((operation) => section(path, description, operation));
  return { path, title, body: `<h1>${escape(title)}</h1>\n${overview}${sections.join("")}` };
}

function section(page, description, operation) {
  const parts = [
    `<h2 id="${operation.operationId}"><code>${escape(operation.name)}</code></h2>`,
    `<p>${inline(operation.summary)}. <span class="facts">${facts(operation)}</span></p>`,
    parametersOf(page, description, operation),
    bodyOf(page, operation),
    answersOf(page, operation),
  ];
  return `<section>\n${parts.join("\n")}</section>\n`;
}

/** Who may call. */
function facts(operation) {
  const { "x-required-scope": scope, "x-narrowest-binding": binding, "x-page-scope": pages } = operation;
  const schemes = (operation.security ?? []).flatMap((scheme) => Object.keys(scheme));
  const named = [`<code>${operation.operationId}</code>`];
  if (scope !== undefined) named.push(`an API key ${scope ? `with <code>${scope}</code>` : "of any scope"}`);
  else named.push(schemes.length > 0 ? schemes.map((scheme) => `<code>${scheme}</code>`).join(" or ") : "no key");
  if (binding === "workspace") named.push("of no tenant");
  if (binding === "tenant") named.push("of no single account");
  if (pages) named.push(`a page session${pages === "any" ? "" : ` with <code>${pages}</code>`}`);
  return named.join(" · ");
}

function parametersOf(page, { components }, { parameters = [] }) {
  if (parameters.length === 0) return "";
  const whole = ({ $ref, ...own }) => ($ref ? components.parameters[$ref.split("/").at(-1)] : own);
  const row = ({ name, in: where, required, schema, description, example }) => [
    `<code>${escape(name)}</code>`,
    `${where}${required ? "" : ", optional"}`,
    typeIn(page, schema),
    inline(description),
    `<code>${escape(example)}</code>`,
  ];
  return `<h3>Parameters</h3>\n${table(["name", "in", "type", "about", "example"], parameters.map(whole).map(row))}`;
}

function bodyOf(page, { requestBody }) {
  if (!requestBody) return "";
  const contents = Object.entries(requestBody.content).map(([media, { schema, example }]) => {
    const type = `<p><code>${escape(media)}</code>: ${typeIn(page, schema)}${requestBody.required ? "" : ", optional"}</p>\n`;
    return type + (example === undefined ? "" : code(json(example)));
  });
  return `<h3>Body</h3>\n${contents.join("")}`;
}

function answersOf(page, { responses }) {
  const row = ([status, { description, content = {}, "x-codes": codes }]) => {
    const types = Object.entries(content).map(([media, { schema }]) => (media === "application/json" ? typeIn(page, schema) : `<code>${escape(media)}</code>`));
    const about = codes ? codes.map((name) => `<code>${name}</code>`).join(", ") : inline(description);
    return [status, types.join(" or "), about];
  };
  return `<h3>Answers</h3>\n${table(["status", "type", "about"], Object.entries(responses).map(row))}`;
}
