/** The least that passes a call on to X: no object, no key, the token in a variable. What is above it is the price of a Worker's work. */

export default {
  fetch(request, { X_API_ORIGIN, TOKEN }) {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers({ authorization: `Bearer ${TOKEN}`, "accept-encoding": "identity" });
    const contentType = request.headers.get("content-type");
    if (contentType) headers.set("content-type", contentType);
    return fetch(X_API_ORIGIN + pathname + search, { method: request.method, headers, body: request.body });
  },
};
