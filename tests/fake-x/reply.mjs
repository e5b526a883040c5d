// Answers as values: { status, headers, body }. Handlers return one, or throw a Refusal that carries one.

export const json = (status, value, headers = {}) => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(value),
});

/** RFC 9457, the type X's OpenAPI gives for every `default` answer. */
export const problem = (status, value, headers = {}) =>
  json(status, value, { "content-type": "application/problem+json; charset=utf-8", ...headers });

export const text = (status, body) => ({ status, headers: { "content-type": "text/plain; charset=utf-8" }, body });

export const html = (status, text, headers = {}) => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers },
  body: text,
});

export const redirect = (location) => ({ status: 302, headers: { location, "cache-control": "no-store" }, body: "" });

/** Ends a handler from any depth with the answer that X would give. */
export class Refusal extends Error {
  constructor(reply) {
    super(`${reply.status} ${reply.body}`);
    this.name = "Refusal";
    this.reply = reply;
  }
}

export const refuse = (reply) => {
  throw new Refusal(reply);
};
