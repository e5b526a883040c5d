import assert from "node:assert/strict";
import { test } from "node:test";
import { seededBytes } from "../fake-x/random.mjs";
import { spellings } from "./spy.mjs";

const secret = seededBytes(32).toString("base64url");
const finds = (text) => spellings(secret).some((spelling) => text.includes(spelling));

test("a secret is found as it is and in hexadecimal", () => {
  assert.ok(finds(`before ${secret} after`));
  assert.ok(finds(Buffer.from(`before ${secret} after`).toString("hex")));
});

test("a secret is found within base64 wherever it begins", () => {
  for (const before of ["", "a", "ab", "abc", "abcd"]) {
    for (const encoding of ["base64", "base64url"]) {
      assert.ok(finds(Buffer.from(`${before}${secret}!`).toString(encoding)), `${before} ${encoding}`);
    }
  }
});

test("another secret is not found", () => {
  assert.ok(!finds(seededBytes(32).toString("base64url").repeat(3)));
});
