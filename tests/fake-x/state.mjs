// What the stand-in remembers: apps, users, grants, tokens, posts. Nothing survives the process.
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { Clock, DAY, HOUR, SECOND } from "./clock.mjs";
import { Posts } from "./posts.mjs";
import { RequestLog } from "./request-log.mjs";

/** X's ids are snowflakes: milliseconds since this instant, shifted by 22 bits. */
const SNOWFLAKE_EPOCH = 1288834974657n;

/** https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code: two hours. */
const ACCESS_TOKEN_MS = 2 * HOUR;

/** Where the Worker listens in development. */
export const DEFAULT_CALLBACKS = ["http://127.0.0.1:8787/connect/callback/x"];

/** The seeded app's secret has X's length, 50, and says what it is. */
const SEEDED_SECRET = "stand-in-secret-not-a-real-one-".padEnd(50, "0");

const SEEDED_USERS = [
  { username: "ada", name: "Ada Lovelace", description: "Notes on the analytical engine." },
  { username: "grace_h", name: "Grace Hopper", description: "Nanoseconds, by the foot.", subscription_type: "Premium" },
  { username: "linus", name: "Linus", description: "Just a hobby, won't be big." },
];

export const random = (bytes) => randomBytes(bytes).toString("base64url");

/** X's client ids read `<id>:1:ci` (confidential) or `<id>:1:na` (public) once decoded. */
export const clientId = (name, type) =>
  Buffer.from(`${name}:1:${type === "public" ? "na" : "ci"}`).toString("base64url");

export class State {
  constructor(options = {}) {
    this.options = options;
    this.reset();
  }

  /** Forgets everything, seeds again, and puts settings and clock back to what the process was started with. */
  reset() {
    this.clock = new Clock();
    this.settings = {
      acting_delay_ms: this.options.acting_delay_ms ?? 0,
      listing_delay_ms: this.options.listing_delay_ms ?? 0,
      access_token_ms: ACCESS_TOKEN_MS,
      token_answer: "plain",
      dialect: "new",
      gateway: "new",
      repeated_repost: "refuse",
      media_pending_ms: SECOND,
      media_processing_ms: 2 * SECOND,
      media_check_after_secs: 1,
      media_outcome: "succeeded",
      media_lifetime_ms: DAY,
      media_limits: {},
      repeated_finalize: "refuse",
      status_of_photos: "refuse",
      limits: {},
    };
    this.apps = new Map();
    this.users = new Map();
    this.usersByName = new Map();
    this.codes = new Map();
    this.tokens = new Map();
    this.posts = new Posts();
    this.polls = new Map();
    this.media = new Map();
    this.windows = new Map();
    this.faults = [];
    /** What `hold` waits for. */
    this.held = new EventEmitter();
    this.log = new RequestLog(this.clock);
    this.lastId = 0n;
    this.#seed();
  }

  #seed() {
    const client_id = clientId("standInForXdefault01", "confidential");
    this.addApp({ client_id, client_secret: SEEDED_SECRET, callbacks: this.options.callbacks ?? DEFAULT_CALLBACKS });
    for (const user of SEEDED_USERS) this.addUser(user);
  }

  now() {
    return this.clock.now();
  }

  /** Unique and growing, also while the clock stands still. */
  nextId() {
    const fresh = (BigInt(this.now()) - SNOWFLAKE_EPOCH) << 22n;
    this.lastId = fresh > this.lastId ? fresh : this.lastId + 1n;
    return String(this.lastId);
  }

  addApp({ type = "confidential", ...given }) {
    const app = {
      client_id: clientId(random(15), type),
      client_secret: type === "public" ? null : random(37),
      type,
      name: "Acme Social",
      callbacks: [],
      permission: "write",
      enrolled: true,
      enterprise: false,
      credits: 100,
      ...given,
    };
    this.apps.set(app.client_id, app);
    return app;
  }

  addUser(given) {
    const user = {
      id: String(1500000000000000001n + BigInt(this.users.size)),
      name: given.username,
      description: "",
      email: `${given.username}@example.com`,
      created_at: "2020-01-01T00:00:00.000Z",
      subscription_type: "None",
      suspended: false,
      ...given,
    };
    this.users.set(user.id, user);
    this.usersByName.set(user.username.toLowerCase(), user);
    return user;
  }

  renameUser(user, username) {
    this.usersByName.delete(user.username.toLowerCase());
    this.usersByName.set(username.toLowerCase(), user);
    return Object.assign(user, { username });
  }

  /** The username of the person whose token or code a request carries, in its header or in an OAuth form. */
  callerOf({ headers, path, body }) {
    const bearer = /^Bearer (.*)$/i.exec(headers.authorization ?? "")?.[1];
    const form = path.startsWith("/2/oauth2/") ? new URLSearchParams(body) : new Map();
    const given = [bearer, form.get("refresh_token"), form.get("token"), form.get("code")];
    const grant = given.map((text) => this.tokens.get(text) ?? this.codes.get(text)).find(Boolean)?.grant;
    return grant ? this.users.get(grant.user_id).username : null;
  }

  /** X's usernames are case-insensitive. */
  userByName(username) {
    return this.usersByName.get(username.toLowerCase());
  }
}
