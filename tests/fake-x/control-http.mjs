// The control plane over HTTP, under /_control: JSON in, JSON out, loopback only.
import { json } from "./reply.mjs";

/** GET takes its arguments from the query, the others from a JSON body. */
const ROUTES = {
  "GET /apps": (control) => control.apps(),
  "POST /apps": (control, given) => control.addApp(given),
  "PATCH /apps": (control, given) => control.setApp(given),
  "GET /users": (control) => control.users(),
  "POST /users": (control, given) => control.addUser(given),
  "POST /users/bulk": (control, given) => control.addUsers(given),
  "PATCH /users": (control, given) => control.setUser(given),
  "POST /users/rename": (control, given) => control.renameUser(given),
  "POST /grants": (control, given) => control.grant(given),
  "POST /grants/bulk": (control, given) => control.grants(given),
  "DELETE /grants": (control, given) => control.revokeGrants(given),
  "POST /tokens": (control, given) => control.adopt(given),
  "GET /tokens": (control, given) => control.tokens(given),
  "POST /tokens/expire": (control, given) => control.expireToken(given),
  "GET /posts": (control, given) => control.posts(given),
  "POST /posts": (control, given) => control.post(given),
  "PATCH /posts": (control, given) => control.setPost(given),
  "GET /reposts": (control, given) => control.reposts(given),
  "GET /media": (control, given) => control.media(given),
  "GET /faults": (control) => control.faults(),
  "POST /faults": (control, given) => control.fault(given),
  "DELETE /faults": (control) => control.clearFaults(),
  "POST /release": (control) => control.release(),
  "GET /clock": (control) => control.now(),
  "POST /clock": (control, given) => control.clock(given),
  "GET /settings": (control) => control.settings(),
  "PATCH /settings": (control, given) => control.set(given),
  "GET /requests": (control, given) => control.requests(given),
  "GET /requests/received": (control, given) => control.received(given),
  "DELETE /requests": (control) => control.clearRequests(),
  "POST /reset": (control) => control.reset(),
};

const isLoopback = (address = "") => /^(::ffff:)?127\.|^::1$/.test(address);

export async function serveControl(control, request) {
  if (!isLoopback(request.remote)) return json(403, { error: "the control plane answers loopback only" });
  const name = `${request.method} ${request.path.slice("/_control".length)}`;
  if (!Object.hasOwn(ROUTES, name)) return json(404, { error: `no ${name}; known: ${Object.keys(ROUTES).join(", ")}` });
  try {
    return json(200, await ROUTES[name](control, argumentsOf(request)));
  } catch (error) {
    return json(400, { error: error.message });
  }
}

const argumentsOf = ({ method, query, body }) =>
  method === "GET" ? Object.fromEntries(query) : JSON.parse(body || "{}");
