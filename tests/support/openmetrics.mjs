/** The text format of OpenMetrics 1.0 (section "Text Format"), read strictly: what the specification does not allow throws. */

import assert from "node:assert/strict";

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[n"\\\\])*"';
const METADATA = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) (.*)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)?\\})? ([-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)$`);
/** What follows the family's name in the name of a sample. */
const SUFFIXES = { gauge: [""], counter: ["_total", "_created"], info: ["_info"], unknown: [""] };

/** Families by name: `{type, unit, help, samples: [{name, labels, value}]}`. */
export function readOpenMetrics(text) {
  assert.ok(text.endsWith("\n# EOF\n"), "the text ends with `# EOF`");
  const families = {};
  let family;
  for (const line of text.slice(0, -"# EOF\n".length).split("\n").slice(0, -1)) {
    const metadata = line.match(METADATA);
    if (metadata) family = describe(families, family, metadata);
    else addSample(family, line);
  }
  for (const [name, { type, unit }] of Object.entries(families)) {
    assert.ok(type, `${name} has a type`);
    if (unit) assert.ok(name.endsWith(`_${unit}`), `the name of ${name} ends with its unit`);
  }
  return families;
}

/** A family's lines stand together, its metadata in front and each said once. */
function describe(families, family, [line, word, name, said]) {
  const current = family?.name === name ? family : { name, samples: [] };
  if (current !== family) assert.ok(!families[name], `${name} stands in two places`);
  families[name] = current;
  const field = word.toLowerCase();
  assert.ok(current.samples.length === 0 && current[field] === undefined, `out of its place: ${line}`);
  if (field === "type") assert.ok(SUFFIXES[said], `an unknown type: ${line}`);
  return Object.assign(current, { [field]: said });
}

function addSample(family, line) {
  const [, name, labels = "", value] = line.match(SAMPLE) ?? [];
  assert.ok(name, `no line of the format: ${line}`);
  const suffix = name.slice(family.name.length);
  assert.ok(name.startsWith(family.name) && SUFFIXES[family.type].includes(suffix), `${name} is no sample of a ${family.type} ${family.name}`);
  const sample = { name, labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, word]) => [label, word])), value: Number(value) };
  if (family.type === "info") assert.equal(sample.value, 1);
  if (family.type === "counter") assert.ok(sample.value >= 0);
  const isSame = (other) => other.name === name && JSON.stringify(other.labels) === JSON.stringify(sample.labels);
  assert.ok(!family.samples.some(isSame), `twice: ${line}`);
  family.samples.push(sample);
}
