import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { freePort } from "./ports.mjs";

const HOST = "127.0.0.1";
const LISTEN = `require("node:net").createServer().listen(+process.argv[1], "${HOST}", () => console.log("listening"))`;

/** Resolves once another process listens there; answers how to end it. */
async function listenElsewhere(port) {
  const child = spawn(process.execPath, ["-e", LISTEN, port], { stdio: ["ignore", "pipe", "inherit"] });
  await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => assert.fail("could not listen"))]);
  return async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
}

async function reached(port) {
  const connection = connect(port, HOST);
  await once(connection, "connect");
  connection.destroy();
}

const refused = (port) => assert.rejects(reached(port), { code: "ECONNREFUSED" });

test("a port can be listened on by another process, again and again", async () => {
  const port = await freePort();
  for (let times = 1; times <= 3; times += 1) {
    await refused(port);
    const end = await listenElsewhere(port);
    await reached(port);
    await end();
  }
});

test("nobody else is given a port that is held, whether its server runs or not", async () => {
  const held = new Set(await Promise.all(Array.from({ length: 200 }, freePort)));
  assert.equal(held.size, 200);
  const servers = await Promise.all(Array.from({ length: 2000 }, anyServer));
  const given = servers.map((server) => server.address().port);
  for (const server of servers) server.close();
  assert.deepEqual(given.filter((port) => held.has(port)), []);
});

async function anyServer() {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  return server;
}
