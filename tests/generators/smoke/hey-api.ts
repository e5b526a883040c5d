/** The functions that @hey-api/openapi-ts made: lists accounts, makes a draft, reads an error. */

import { createPost, getPost, listAccounts } from "../../../target/generated/hey/index.ts";
import { client } from "../../../target/generated/hey/client.gen.ts";

const { API, KEY } = process.env as { API: string; KEY: string };
client.setConfig({ baseUrl: API, auth: ({ type }) => (type === "http" ? KEY : undefined) });

const accounts = await listAccounts({ query: { tenant_id: "customer-17" } });
const [account] = accounts.data?.data ?? [];
if (!account) throw new Error("no account is listed");

const draft = await createPost({ body: { accounts: [account.id], content: "A draft", isDraft: true } });
if (!draft.data) throw new Error("the draft was refused");

const missing = await getPost({ path: { id: "post_0000000000000000000000" } });

console.log(JSON.stringify({ username: account.username, isDraft: draft.data.post.isDraft, code: missing.error?.code }));
