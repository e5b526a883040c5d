/** A Worker whose objects take or answer some messages late, as objects in two places may. */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONFIG } from "./worker.mjs";

const BUILD = fileURLToPath(new URL("../../build/worker/", import.meta.url));

/**
 * The wrangler.toml of the build with `rules`: `{object, texts, ms}`. The object's answer to each message that has all of
 * these texts comes so much later. For the option `config` of `startBench`; it ends with the test.
 */
export async function lateAnswers(t, rules) {
  const folder = await mkdtemp(join(tmpdir(), "late-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(BUILD, join(folder, "worker"), { recursive: true });
  const main = join(folder, "worker", "index.js");
  await writeFile(main, withRules(await readFile(main, "utf8"), rules));
  const config = join(folder, "wrangler.toml");
  const assets = join(dirname(CONFIG), "build/assets");
  const toml = (await readFile(CONFIG, "utf8")).replace("\"build/worker/index.js\"", "\"worker/index.js\"").replace("\"build/assets\"", JSON.stringify(assets));
  await writeFile(config, toml);
  return config;
}

function withRules(code, rules) {
  let wrapped = code;
  for (const object of new Set(rules.map((rule) => rule.object))) {
    const name = `${object}Object`;
    const [, inner] = new RegExp(`([\\w$]+) as ${name}\\b`).exec(wrapped) ?? [];
    if (!inner) throw new Error(`the build exports no ${name}`);
    const own = JSON.stringify(rules.filter((rule) => rule.object === object));
    wrapped = `${wrapped.replace(`${inner} as ${name}`, `late${name} as ${name}`)}\nvar late${name} = (${late})(${inner}, ${own});\n`;
  }
  return wrapped;
}

/** Runs in the isolate: the class with late answers. */
function late(inner, rules) {
  const delay = (text) => Math.max(0, ...rules.filter(({ texts }) => texts.every((part) => text.includes(part))).map(({ ms }) => ms));
  const fetchOf = (object) => async (request) => {
    const text = request.headers.has("proxy-call") ? "" : await request.clone().text();
    const answer = await object.fetch(request);
    await new Promise((resolve) => setTimeout(resolve, delay(text)));
    return answer;
  };
  return new Proxy(inner, {
    construct(of, given) {
      const object = Reflect.construct(of, given);
      return new Proxy({}, {
        get(_, name) {
          if (name === "fetch") return fetchOf(object);
          const value = Reflect.get(object, name);
          return typeof value === "function" ? value.bind(object) : value;
        },
      });
    },
  });
}
