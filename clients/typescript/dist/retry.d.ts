/** Which calls are made again, and when. docs/API.md, section 1: a call under the same `Idempotency-Key` has one effect. */
export interface RetryOptions {
    /** How often a call is made again; 3 if absent. */
    retries?: number;
    /** The longest wait before one repetition; 30 seconds if absent. An answer that asks for more is handed to the caller. */
    maxWaitMs?: number;
    /** How waiting is done. */
    wait?: (milliseconds: number) => Promise<void>;
}
export declare function withRetries(fetch: typeof globalThis.fetch, { retries, maxWaitMs, wait }: RetryOptions): (request: Request) => Promise<Response>;
