/**
 * Packs a module into a script, for pages whose bundler would not find the module as a file. gzip before Base64: the script
 * is a third larger than the packed module, and as large once the script itself travels as gzip.
 *
 *   node wasm-client/pack-module.mjs wasm-client/pkg/wasm/embed_bg.wasm wasm-client/pkg/wasm/embed_packed.js
 */

import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const [module, script] = process.argv.slice(2);
const packed = gzipSync(await readFile(module), { level: 9 });
await writeFile(script, `export default "${packed.toString("base64")}";\n`);
