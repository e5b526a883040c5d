// Every endpoint, one line each. A new area of X's API is a new module and its lines here.
import { userCall } from "./api.mjs";
import * as attachments from "./attachments.mjs";
import * as authorize from "./authorize.mjs";
import * as metadata from "./media-metadata.mjs";
import * as oauth from "./oauth.mjs";
import * as pages from "./pages.mjs";
import * as reposts from "./reposts.mjs";
import * as timeline from "./timeline.mjs";
import * as tweets from "./tweets.mjs";
import * as uploads from "./uploads.mjs";
import * as users from "./users.mjs";

const READ = { scopes: ["tweet.read", "users.read"] };
const WRITE = { scopes: ["tweet.read", "tweet.write", "users.read"], writes: true };
const MEDIA = { scopes: ["media.write"], writes: true };
const MEDIA_READ = { scopes: ["media.write"] };
const LOOK_UP = { scopes: ["tweet.read"] };
const FREE = { scopes: [], free: true };

/** Bodies of bytes: they are not logged, and larger ones are dropped as they come. */
const FILE = { isUpload: true, maxBody: uploads.FILE_BODY_LIMIT };
const SEGMENT = { isUpload: true, maxBody: uploads.SEGMENT_BODY_LIMIT };

const ROUTES = [
  ["GET", "/i/oauth2/authorize", authorize.show],
  ["POST", "/i/oauth2/authorize", authorize.decide],
  ["POST", "/2/oauth2/token", oauth.token],
  ["POST", "/2/oauth2/revoke", oauth.revoke],
  ["GET", "/2/users/me", userCall(READ, users.me)],
  ["GET", "/2/users/{id}/tweets", userCall(READ, timeline.ofUser)],
  ["POST", "/2/users/{id}/retweets", userCall(WRITE, reposts.create)],
  ["DELETE", "/2/users/{id}/retweets/{source_tweet_id}", userCall(WRITE, reposts.remove)],
  ["GET", "/2/usage/credits", userCall(FREE, users.credits)],
  ["POST", "/2/tweets", userCall(WRITE, tweets.create)],
  ["GET", "/2/tweets", userCall(READ, timeline.many)],
  ["GET", "/2/tweets/search/recent", userCall(READ, timeline.search)],
  ["GET", "/2/tweets/{id}", userCall(READ, timeline.one)],
  ["DELETE", "/2/tweets/{id}", userCall(WRITE, tweets.remove)],
  ["POST", "/2/media/upload", userCall(MEDIA, uploads.simple), FILE],
  ["GET", "/2/media/upload", userCall(MEDIA_READ, uploads.status)],
  ["POST", "/2/media/upload/initialize", userCall(MEDIA, uploads.initialize)],
  ["POST", "/2/media/upload/{id}/append", userCall(MEDIA, uploads.append), SEGMENT],
  ["POST", "/2/media/upload/{id}/finalize", userCall(MEDIA, uploads.finalize)],
  ["POST", "/2/media/metadata", userCall(MEDIA, metadata.describe)],
  ["POST", "/2/media/subtitles", userCall(MEDIA, metadata.addSubtitles)],
  ["DELETE", "/2/media/subtitles", userCall(MEDIA, metadata.removeSubtitles)],
  ["GET", "/2/media", userCall(LOOK_UP, attachments.many)],
  ["GET", "/2/media/{media_key}", userCall(LOOK_UP, attachments.one)],
  ["GET", "/", pages.home],
  ["GET", "/i/status/{id}", pages.status],
  ["GET", "/{username}", pages.user],
  ["GET", "/{username}/status/{id}", pages.status],
  ["GET", "/{username}/avatar.svg", pages.avatarImage],
].map(routeOf);

function routeOf([method, path, handle, body = {}]) {
  return { method, path, handle, ...body, name: `${method} ${path}`, pattern: patternOf(path) };
}

function patternOf(path) {
  const one = (_, name) => `(?<${name}>${name === "username" ? "\\w{1,15}" : "[^/]+"})`;
  return new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, one)}$`);
}

/** The first line that fits, so `/2/users/me` stands before any pattern that would take it. */
export function findRoute({ method, path }) {
  for (const route of ROUTES) {
    const found = method === route.method ? route.pattern.exec(path) : null;
    if (found) return { route, params: { ...found.groups } };
  }
  return { route: null, params: {} };
}
