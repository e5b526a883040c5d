/** What the tests of connecting have in common: a Worker with its X, and a person's way through it, cut anywhere. */

export * from "./client.mjs";
export * from "./sign-in.mjs";
