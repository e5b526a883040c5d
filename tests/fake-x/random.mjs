// Bytes that look random and follow from a seed: the same in every run, unless TEST_SEED asks for others ("any", or a number).
import { createCipheriv, createHash, randomInt } from "node:crypto";

const FIXED = 1;
const { TEST_SEED = `${FIXED}` } = process.env;

/** Also for whoever makes a plan of random steps. */
export const SEED = TEST_SEED === "any" ? randomInt(2 ** 31) : Number(TEST_SEED);
if (!Number.isSafeInteger(SEED)) throw new TypeError(`TEST_SEED is "any" or a whole number, not ${TEST_SEED}`);
if (SEED !== FIXED) console.log(`TEST_SEED=${SEED} makes these inputs again`);

const key = createHash("sha256").update(`${SEED}`).digest().subarray(0, 16);
const stream = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));

/** The next bytes of this process. */
export const seededBytes = (length) => stream.update(Buffer.alloc(length));
