/** openapi-fetch, typed by what openapi-typescript made: lists accounts, makes a draft, reads an error. */

import createClient from "openapi-fetch";
import type { components, paths } from "../../../target/generated/openapi-typescript.ts";

const { API, KEY } = process.env as { API: string; KEY: string };
const client = createClient<paths>({ baseUrl: API, headers: { authorization: `Bearer ${KEY}` } });

const accounts = await client.GET("/v1/social-accounts", { params: { query: { tenant_id: "customer-17" } } });
const [account] = accounts.data?.data ?? [];
if (!account) throw new Error("no account is listed");

const draft = await client.POST("/v1/posts", { body: { accounts: [account.id], content: "A draft", isDraft: true } });
if (!draft.data) throw new Error("the draft was refused");

const missing = await client.GET("/v1/posts/{id}", { params: { path: { id: "post_0000000000000000000000" } } });
const code: components["schemas"]["Code"] | undefined = missing.error?.code;

console.log(JSON.stringify({ username: account.username, isDraft: draft.data.post.isDraft, code }));
