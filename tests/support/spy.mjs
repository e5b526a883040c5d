/** What left the Worker, kept to be searched afterwards: every answer that this process fetched. */

/** @returns {{answers: string[], stop: () => void}} each answer as status line, headers and body, with its call */
export function spyOnAnswers() {
  const real = globalThis.fetch;
  const answers = [];
  globalThis.fetch = async (url, init) => {
    const response = await real(url, init);
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    const call = `${init?.method ?? "GET"} ${new URL(url).pathname}`;
    answers.push([call, response.status, ...headers, await response.clone().text()].join("\n"));
    return response;
  };
  return { answers, stop: () => (globalThis.fetch = real) };
}

/** The ways in which a secret could be written down and still be read: as it is, and as common encodings have it. */
export function spellings(secret) {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString("hex"),
    ...[0, 1, 2].flatMap((shift) => ["base64", "base64url"].map((encoding) => within(bytes, shift, encoding))),
  ];
}

/** Within a longer base64 text bytes begin at one of three places, and their edges depend on their neighbours. */
function within(bytes, shift, encoding) {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString(encoding).replaceAll("=", "");
  return text.slice(shift > 0 ? 4 : 0, -4);
}
