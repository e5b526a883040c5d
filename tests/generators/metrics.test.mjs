/** docs/API.md, section 8, "Metrics": Prometheus' own reader of OpenMetrics takes the answer. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newAccount, publishPost, startBench } from "../support/client.mjs";
import { python } from "./generators.mjs";

const READER = `
import os
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(os.environ["METRICS"]):
    for sample in family.samples:
        print(family.type, family.unit, sample.name, len(sample.labels), sample.value)
`;

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

test("Prometheus' reader of OpenMetrics takes the answer, with types and units", async () => {
  await publishPost(bench, await newAccount(bench), { content: "to be counted" });
  const { text } = await bench.api.get("/v1/metrics");
  const { code, stdout, stderr } = await python("python", ["-W", "error", "-c", READER], { env: { METRICS: text } });
  assert.equal(code, 0, stderr);
  for (const line of ["counter  latchkey_charged_posts_total 0 1", "gauge dollars latchkey_month_spent_dollars 0 0.015", "info  latchkey_build_info 2 1"]) {
    assert.ok(stdout.split("\n").includes(line), `${line} in\n${stdout}`);
  }
});
