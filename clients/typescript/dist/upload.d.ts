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
/** Answers the medium, whose `id` a post can name. Throws with the API's own refusal as `cause`. */
export declare function uploadMedia(api: Api, upload: Upload): Promise<components["schemas"]["Media"]>;
