export interface Question {
  /** The body of `POST /v1/posts`, without `accounts`. */
  post: { content: string; x?: object } | { containers: { content: string; x?: object }[]; x?: object };
  /** Who is to publish it: the account with the shortest limit decides, each one is paid for. None: one with 280. */
  accounts?: { username: string; max_post_length: number }[];
  /** US dollars by the price's name, as `GET /v1/settings` answers them. */
  prices?: Record<string, number>;
}

export interface Preview {
  containers: {
    weighted_length: number;
    /** Negative when it is too long. */
    remaining: number;
    /** What X makes links of: indices of the text, as `slice` takes them. */
    urls: { start: number; end: number }[];
  }[];
  cost: { estimate_usd: number; reasons: string[] } | null;
  /** What the API would refuse it with. */
  error: { code: string; message: string; details: Record<string, string[]> } | null;
}

export function loadComposer(): Promise<{ preview(question: Question): Preview }>;
