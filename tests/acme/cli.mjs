/** `node tests/acme --port 8789 --worker http://connect.localhost:8787 --api http://127.0.0.1:8787 --key …` */

import { parseArgs } from "node:util";
import { startAcme } from "./server.mjs";

const text = { type: "string" };
const { values } = parseArgs({
  options: { port: { ...text, default: "8789" }, worker: text, api: text, key: text, "public-origin": text, x: text },
});
if (!values.worker || !values.key) {
  console.error("usage: node tests/acme --worker URL --key KEY [--api URL] [--port N] [--public-origin URL] [--x URL]");
  process.exit(2);
}
const { origin } = await startAcme({
  port: Number(values.port),
  workerOrigin: values.worker,
  workerApi: values.api,
  apiKey: values.key,
  publicOrigin: values["public-origin"],
  xOrigin: values.x,
});
console.log(`Acme Social: ${origin}`);
