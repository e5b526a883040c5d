/** Which calls are made again, and when. docs/API.md, section 1: a call under the same `Idempotency-Key` has one effect. */

export interface RetryOptions {
  /** How often a call is made again; 3 if absent. */
  retries?: number;
  /** The longest wait before one repetition; 30 seconds if absent. An answer that asks for more is handed to the caller. */
  maxWaitMs?: number;
  /** How waiting is done. */
  wait?: (milliseconds: number) => Promise<void>;
}

const FIRST_WAIT_MS = 500;
const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export function withRetries(fetch: typeof globalThis.fetch, { retries = 3, maxWaitMs = 30_000, wait = sleep }: RetryOptions) {
  return async (request: Request): Promise<Response> => {
    for (let made = 0; ; made += 1) {
      // The body of a request can be read once, and the request may be needed again.
      const outcome = await fetch(request.clone()).catch((error: unknown) => new Failed(error));
      const delay = made < retries ? await delayBefore(request, outcome, made) : undefined;
      if (delay === undefined || delay > maxWaitMs || request.signal.aborted) {
        if (outcome instanceof Failed) throw outcome.error;
        return outcome;
      }
      if (outcome instanceof Response) await outcome.body?.cancel();
      await wait(delay);
    }
  };
}

class Failed {
  constructor(readonly error: unknown) {}
}

/** Milliseconds, or undefined if the call is not to be made again. */
async function delayBefore(request: Request, outcome: Response | Failed, made: number): Promise<number | undefined> {
  const isSafe = ["GET", "HEAD"].includes(request.method) || request.headers.has("idempotency-key");
  const backoff = FIRST_WAIT_MS * 2 ** made * (1 + Math.random() / 4);
  if (outcome instanceof Failed) return isSafe ? backoff : undefined;
  const { status, headers } = outcome;
  // A 429 had no effect, whatever the call was.
  const isPassing = status === 429 || (isSafe && (status >= 500 || (status === 409 && (await isInProgress(outcome)))));
  return isPassing ? (retryAfter(headers.get("retry-after")) ?? backoff) : undefined;
}

/** The first call under this key is still running. Any other 409 is an answer. */
async function isInProgress(response: Response): Promise<boolean> {
  const body: unknown = await response.clone().json().catch(() => undefined);
  return typeof body === "object" && body !== null && "code" in body && body.code === "idempotency_in_progress";
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfter(value: string | null): number | undefined {
  if (!value) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(milliseconds, 0);
}
