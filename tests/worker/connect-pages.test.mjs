import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  atCallback, authorized, browse, complete, consent, cookieOf, createLink, createSession, declined, inOtherBrowser,
  leftForX, newVerifier, openLink, request, startBench, startSession,
} from "../support/connecting.mjs";

let bench;
before(async () => (bench = await startBench()));
after(() => bench?.stop());

/** Of the account that the page shows, from our own origin. */
const PICTURE = /<img src="\/connect\/result\/cs_[\w-]+\/picture" alt="" width=96 height=96>/;
const MOST_BYTES = 12 * 1024;
const LABEL = `"><script>alert('label')</script>`;
const resultOf = ({ headers }, cookie) => browse(bench, headers.get("location"), cookie);

/** Every page that an end user may meet, by the way that leads there. */
const PAGES = {
  "the start page": async () => {
    const { token } = await createSession(bench, { label: LABEL });
    return startSession(bench, { token, challenge: newVerifier().challenge, origin: "null" });
  },
  "a refused start": async () => {
    const { token } = await createSession(bench, { label: LABEL });
    return startSession(bench, { token, challenge: newVerifier().challenge, origin: "https://evil.example" });
  },
  "the popup's end": async () => {
    const { arrived, cookie } = await authorized(bench);
    return resultOf(arrived, cookie);
  },
  "the end of a popup that connected": async () => {
    const { session, verifier, arrived, cookie } = await authorized(bench);
    await complete(bench, session, verifier);
    return resultOf(arrived, cookie);
  },
  "a person who declined": async () => {
    const { location, cookie } = await leftForX(bench);
    return resultOf(await browse(bench, declined(location), cookie), cookie);
  },
  "another browser": async () => {
    const { callback } = await atCallback(bench, { label: LABEL });
    return resultOf(await browse(bench, callback));
  },
  "another browser that waits for its code": async () => (await inOtherBrowser(bench, { label: LABEL })).reload(),
  "another browser with its code": async () => {
    const { session, verifier, reload } = await inOtherBrowser(bench, { label: LABEL });
    await complete(bench, session, verifier);
    return reload();
  },
  "another browser at a link": async () => {
    const arrived = await browse(bench, (await throughLink({ label: LABEL })).callback);
    return resultOf(arrived, cookieOf(arrived));
  },
  "a third browser at a link": async () => {
    const { callback } = await throughLink({ label: LABEL });
    await browse(bench, callback);
    return resultOf(await browse(bench, callback));
  },
  "a link that connected": async () => {
    const { callback, cookie } = await throughLink({});
    return resultOf(await browse(bench, callback, cookie), cookie);
  },
  "an unknown state": () => browse(bench, "/connect/callback/x?state=made-up&code=made-up"),
  "a callback with nothing": () => browse(bench, "/connect/callback/x"),
  "an unknown link": () => browse(bench, "/connect/link/cs_made-up"),
  "an unknown result": () => browse(bench, "/connect/result/cs_made-up"),
};

async function throughLink(fields) {
  const { location, cookie } = await openLink(bench, await createLink(bench, fields));
  return { cookie, callback: consent(bench, location) };
}

const directives = (policy) =>
  Object.fromEntries(policy.split(";").map((text) => text.trim().split(/\s+(.*)/s).slice(0, 2)));

for (const [name, open] of Object.entries(PAGES)) {
  test(`${name}: nothing of others is loaded, framed or told, and no script but our own runs`, async () => {
    const { headers, text } = await open();
    assert.match(headers.get("content-type"), /^text\/html; charset=utf-8/);
    const policy = directives(headers.get("content-security-policy"));
    assert.equal(policy["default-src"], "'none'");
    assert.equal(policy["frame-ancestors"], "'none'");
    assert.equal(policy["base-uri"], "'none'");
    for (const [directive, value = ""] of Object.entries(policy)) {
      assert.ok(!/unsafe-|\*/.test(value), `${directive} ${value}`);
      assert.ok(!value.includes("data:") || directive === "img-src", `${directive} ${value}`);
    }
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cache-control"), "no-store");
    const nonce = /'nonce-([^']+)'/.exec(policy["script-src"] ?? policy["style-src"])[1];
    for (const [tag] of text.matchAll(/<(script|style)\b[^>]*>/g)) assert.ok(tag.includes(nonce), tag);
    // An empty icon keeps browsers from asking for /favicon.ico.
    const rest = text.replace("<link rel=icon href=data:,>", "").replace(PICTURE, "");
    assert.ok(!/\son\w+=|\ssrc=|<link|<iframe|<img|@import|url\(/.test(rest), rest);
    assert.ok(!text.includes("alert('label')"), "the label is text");
  });

  test(`${name}: no URL of anybody else, and no name of ours`, async () => {
    const { headers, text } = await open();
    const urls = text.match(/https?:\/\/[^\s"'<]+/g) ?? [];
    for (const url of urls) assert.match(url, /^http:\/\/acme\.localhost/, "only the asking site is named");
    const everything = [...headers].map(([key, value]) => `${key}: ${value}`).join("\n") + text;
    assert.ok(!/latchkey/i.test(everything), everything);
  });
}

/** Pages with a button, and what they may post to. */
const posts = (name) => {
  const xOrigin = `http://x.localhost:${new URL(bench.x.origin).port}`;
  return { "the start page": `'self' ${xOrigin}`, "another browser at a link": "'self'" }[name];
};

test("only the start page may post, to us and on to X, and the button of a link, to us", async () => {
  for (const [name, open] of Object.entries(PAGES)) {
    const { "form-action": target } = directives((await open()).headers.get("content-security-policy"));
    assert.equal(target, posts(name) ?? "'none'", name);
  }
});

test("no page of ours leaks its address", async () => {
  for (const [name, open] of Object.entries(PAGES)) {
    // A page that posts to us has to say from where; "same-origin" tells nobody else.
    const expected = posts(name) ? "same-origin" : "no-referrer";
    assert.equal((await open()).headers.get("referrer-policy"), expected, name);
  }
});

test("redirects tell no address and no name of ours either", async () => {
  const left = await leftForX(bench);
  const { arrived } = await authorized(bench);
  assert.equal(arrived.headers.get("referrer-policy"), "no-referrer");
  for (const text of [left.location, left.cookie, [...arrived.headers].flat().join("\n")]) {
    assert.ok(!/latchkey/i.test(text), text);
  }
});

test("a page speaks the language that the browser asks for, and English to all others", async () => {
  for (const [header, lang, title] of [
    ["es-MX,es;q=0.9,en;q=0.8", "es", "No ha funcionado"],
    ["pt", "pt", "Não deu certo"],
    ["nl, fr;q=0.7", "fr", "Cela n’a pas fonctionné"],
    ["de-CH", "de", "Das hat nicht geklappt"],
    ["ja", "ja", "うまくいきませんでした"],
    ["nl", "en", "That did not work"],
  ]) {
    const headers = { "accept-language": header };
    const { text } = await request(bench.worker, "GET", "/connect/callback/x", { headers });
    assert.ok(text.includes(`<html lang=${lang}>`) && text.includes(`<h1>${title}</h1>`), header);
  }
});

test("no page is larger than 12 KiB, in any language", async () => {
  for (const [name, open] of Object.entries(PAGES)) {
    const { text } = await open();
    assert.ok(Buffer.byteLength(text) <= MOST_BYTES, `${name}: ${Buffer.byteLength(text)}`);
  }
});

test("the start page says in plain words what is allowed and what comes next, in every language", async () => {
  const said = {
    en: ["Publish, repost and delete posts for you", "Your password stays at X."],
    es: ["Publicar, repostear y borrar publicaciones en tu nombre", "Tu contraseña se queda en X."],
    pt: ["Publicar, repostar e apagar posts por você", "Sua senha fica no X."],
    fr: ["Publier, republier et supprimer des posts pour vous", "Votre mot de passe reste chez X."],
    de: ["Posts für Sie veröffentlichen, reposten und löschen", "Ihr Passwort bleibt bei X."],
    ja: ["あなたの代わりにポスト、リポスト、削除をする", "パスワードはXの外に渡されません。"],
  };
  const scopes = ["tweet.read", "users.read", "tweet.write", "like.write"];
  for (const [lang, sentences] of Object.entries(said)) {
    const { token } = await createSession(bench, { scopes });
    const { challenge } = newVerifier();
    const body = new URLSearchParams({ token, code_challenge: challenge, code_challenge_method: "S256" });
    const headers = { origin: "null", "accept-language": lang };
    const { text } = await request(bench.worker, "POST", "/connect/start", { headers, body });
    for (const sentence of sentences) assert.ok(text.includes(sentence), `${lang}: ${sentence}`);
    const lines = text.match(/<li>[^<]*<\/li>/g);
    assert.equal(lines.length, 3, "see, publish, and what has no words here");
    assert.ok(lines[2].includes("like.write"), lines[2]);
  }
});

test("who is connected is said to the browser that began, and not to whoever knows the address", async () => {
  bench.x.addUser({ username: "seen_by_one", name: "Seen By One" });
  const { session, verifier, arrived, cookie } = await authorized(bench, { username: "seen_by_one" });
  await complete(bench, session, verifier);
  const mine = await resultOf(arrived, cookie);
  assert.ok(mine.text.includes("<h1>Connected</h1>") && mine.text.includes("@seen_by_one"), mine.text);
  const other = await resultOf(arrived);
  assert.ok(other.text.includes("<h1>Done</h1>") && !other.text.includes("seen_by_one"), other.text);
});

test("a nonce is used once", async () => {
  const nonces = new Set();
  for (let i = 0; i < 3; i++) {
    const { headers } = await PAGES["the start page"]();
    nonces.add(/'nonce-([^']+)'/.exec(headers.get("content-security-policy"))[1]);
  }
  assert.equal(nonces.size, 3);
});

test("paths of browsers that do not exist answer without a name of ours", async () => {
  for (const path of ["/connect", "/connect/", "/connect/callback/y", "/connect/begin"]) {
    const answer = await request(bench.worker, "GET", path);
    assert.equal(answer.status, 404, path);
    assert.ok(!/latchkey/i.test([...answer.headers].flat().join("\n") + answer.text), path);
  }
});
