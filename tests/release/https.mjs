/** An address of https on this machine in front of a Worker: what Cloudflare is in front of a deployment. */

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import { join } from "node:path";

/**
 * @param {string} folder where the certificate goes
 * @param {string} api the Worker's address
 * @param {(path: string) => object | undefined} [instead] an answer that takes the place of the Worker's
 */
export async function startHttps(folder, api, instead = () => undefined) {
  const [key, certificate] = ["key.pem", "certificate.pem"].map((name) => join(folder, name));
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject, "-keyout", key, "-out", certificate], { stdio: "ignore" });
  const server = createServer({ key: await readFile(key), cert: await readFile(certificate) }, (request, response) => void pass(api, instead, request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    origin: `https://127.0.0.1:${server.address().port}`,
    certificate,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function pass(api, instead, { method, url, headers: { authorization, ...headers } }, response) {
  const given = instead(url);
  if (given) return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(given));
  const passed = { ...(authorization && { authorization }), ...(headers["x-passphrase"] && { "x-passphrase": headers["x-passphrase"] }) };
  const answer = await fetch(api + url, { method, headers: passed, redirect: "manual" });
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
