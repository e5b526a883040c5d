// `node tests/fake-x [--port 8788] [--host 127.0.0.1] [--callback URL]… [--acting-delay MS] [--listing-delay MS]`
import { parseArgs } from "node:util";
import { startFakeX } from "./server.mjs";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8788" },
    host: { type: "string", default: "127.0.0.1" },
    callback: { type: "string", multiple: true },
    "acting-delay": { type: "string", default: "0" },
    "listing-delay": { type: "string", default: "0" },
  },
});

function number(name) {
  if (!/^\d+$/.test(values[name])) throw new TypeError(`--${name} takes a whole number, not ${values[name]}`);
  return Number(values[name]);
}

const x = await startFakeX({
  host: values.host,
  port: number("port"),
  callbacks: values.callback,
  acting_delay_ms: number("acting-delay"),
  listing_delay_ms: number("listing-delay"),
});

console.log(`stand-in for X on ${x.origin} client_id=${x.app.client_id} client_secret=${x.app.client_secret}`);

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => x.close());
