/** A file on its way to the API: announced, sent in parts, confirmed (docs/API.md, section 6). */

import type { Api } from "./client.ts";
import type { components } from "./description.ts";

export interface Upload {
  file: Blob;
  filename: string;
  /** If absent: the type of the blob, else what the name and the bytes show. */
  contentType?: string;
  tenantId?: string;
  /** Called after each part that has arrived. */
  onProgress?: (sent: number, total: number) => void;
  /** Bytes of a part; 8 MiB if absent, and 5 MiB at least. */
  partSize?: number;
  fetch?: typeof globalThis.fetch;
}

const PART_SIZE = 8 * 2 ** 20;
const TRIES = 3;

/** Answers the medium, whose `id` a post can name. Throws with the API's own refusal as `cause`. */
export async function uploadMedia(api: Api, upload: Upload): Promise<components["schemas"]["Media"]> {
  const { file, filename, contentType = file.type, tenantId, onProgress, partSize = PART_SIZE, fetch = globalThis.fetch } = upload;
  const announced = await api.POST("/v1/media/upload", {
    body: { filename, size: file.size, ...(contentType && { content_type: contentType }), ...(tenantId && { tenant_id: tenantId }) },
  });
  const { id, upload_url } = whole(announced).data;
  const parts = Math.max(Math.ceil(file.size / partSize), 1);
  for (let part = 0; part < parts; part += 1) {
    const bytes = file.slice(part * partSize, (part + 1) * partSize);
    const address = parts === 1 ? upload_url : `${upload_url}&part=${part + 1}`;
    await send(fetch, address, bytes);
    onProgress?.(part * partSize + bytes.size, file.size);
  }
  return whole(await api.POST("/v1/media/{id}/confirm", { params: { path: { id } }, body: { size: file.size } })).data;
}

/** A part counts once, however often it is sent. */
async function send(fetch: typeof globalThis.fetch, address: string, body: Blob): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(address, { method: "PUT", body }).catch((error: unknown) => error);
    if (answer instanceof Response && answer.ok) return;
    const isPassing = !(answer instanceof Response) || answer.status >= 500;
    if (isPassing && tries < TRIES) continue;
    throw new Error("the part was refused", { cause: answer instanceof Response ? await answer.json() : answer });
  }
}

function whole<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error("the API refused the upload", { cause: error });
  return data;
}
