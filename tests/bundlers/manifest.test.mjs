/** custom-elements.json and the types say of each element what its code has: no more, and no less. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const FOLDER = new URL("../../wasm-client/", import.meta.url);
const { modules } = JSON.parse(await readFile(new URL("custom-elements.json", FOLDER), "utf8"));
const declarations = modules.flatMap(({ declarations = [] }) => declarations);

const namesOf = (rows = []) => rows.map(({ name }) => name).toSorted();
const fieldsOf = (members) => members.filter(({ kind }) => kind === "field");
const unique = (names) => [...new Set(names)].toSorted();

/** `{tag: {attributes, properties, events}}`, by the rows of types/elements.d.ts. */
function rowsOfTypes() {
  const file = fileURLToPath(new URL("types/elements.d.ts", FOLDER));
  const program = ts.createProgram([file], { strict: true, lib: ["lib.es2023.d.ts", "lib.dom.d.ts"], types: [], module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler });
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
  const names = (type) => checker.getPropertiesOfType(type).map(({ name }) => name).toSorted();
  const rows = checker.getDeclaredTypeOfSymbol(exported.find(({ name }) => name === "Elements"));
  return Object.fromEntries(
    checker.getPropertiesOfType(rows).map((row) => {
      const columns = checker.getPropertiesOfType(checker.getTypeOfSymbol(row)).filter(({ name }) => name !== "element");
      return [row.name, Object.fromEntries(columns.map((column) => [column.name, names(checker.getTypeOfSymbol(column))]))];
    }),
  );
}

async function textOfSources() {
  const files = (await readdir(new URL("js/", FOLDER), { recursive: true })).filter((file) => file.endsWith(".js"));
  const texts = await Promise.all(files.map((file) => readFile(new URL(`js/${file}`, FOLDER), "utf8")));
  return texts.join("\n");
}

const sources = await textOfSources();
const found = (pattern) => unique([...sources.matchAll(pattern)].map(([, name]) => name));
const listed = (field) => unique(declarations.flatMap((declaration) => namesOf(declaration[field])));

test("the manifest has the elements, attributes, properties and events of the types", () => {
  const manifest = declarations.map(({ tagName, attributes, members, events }) => [
    tagName,
    { attributes: namesOf(attributes), properties: namesOf(fieldsOf(members)), events: namesOf(events) },
  ]);
  assert.deepEqual(Object.fromEntries(manifest), rowsOfTypes());
});

test("the manifest has the attributes that the code reads", () => {
  const read = found(/(?:[gs]etAttribute|hasAttribute|attribute)\("([a-z-]+)"\)/g);
  // An API key is looked for, to be refused.
  const wanted = [...read, ...found(/:host\(\[([a-z-]+)=/g)].filter((name) => name !== "api-key");
  assert.deepEqual(listed("attributes"), unique(wanted));
});

test("the manifest has the parts, slots and custom properties that the code has", () => {
  const exported = found(/exportparts: "([^"]+)"/g).flatMap((parts) => [...parts.matchAll(/: ([a-z-]+)/g)].map(([, name]) => name));
  assert.deepEqual(listed("cssParts"), unique([...found(/(?:part: |button\(|select\()"([a-z-]+)"/g), ...exported]));
  assert.deepEqual(listed("slots"), unique(["", ...found(/"slot", \{ name: "([a-z-]+)"/g)]));
  assert.deepEqual(listed("cssProperties"), found(/var\((--[a-z][a-z-]+)/g));
});

const descriptorOf = (object, name) => object && (Object.getOwnPropertyDescriptor(object, name) ?? descriptorOf(Object.getPrototypeOf(object), name));

test("each property is an accessor of the class, which Svelte needs", async () => {
  const entry = await import(new URL("js/index.js", FOLDER));
  for (const { name, members } of declarations) {
    for (const member of namesOf(fieldsOf(members))) {
      const { get, set } = descriptorOf(entry[name].prototype, member);
      assert.ok(get && set, `${name}.${member}`);
    }
  }
});

test("each event and state is named in the code", () => {
  for (const name of [...listed("events"), ...listed("cssStates")]) assert.ok(sources.includes(`"${name}"`), name);
});

test("each module of the manifest is there, and each element is registered by one", async () => {
  for (const { path } of modules) await readFile(new URL(path, FOLDER));
  const registered = modules.flatMap(({ exports }) => exports).filter(({ kind }) => kind === "custom-element-definition");
  assert.deepEqual(namesOf(registered), declarations.map(({ tagName }) => tagName).toSorted());
});
