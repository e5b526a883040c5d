// The public pages: a post, a user's posts, the latest posts of all.
import { avatar, html, page, tint } from "./html.mjs";
import { segments } from "./text.mjs";

const LATEST = 50;

const newest = (posts) => posts.sort((a, b) => b.created_at - a.created_at || (BigInt(b.id) > BigInt(a.id) ? 1 : -1));

export function home(x) {
  return page(200, "X stand-in", list(x, newest([...x.posts.values()]).slice(0, LATEST)));
}

export function user(x, request) {
  const found = x.userByName(request.params.username);
  if (!found) return missing("This account doesn’t exist");
  const posts = newest([...x.posts.by(found.id)]).slice(0, LATEST);
  return page(200, `${found.name} (@${found.username})`, html`${profile(found)}${list(x, posts)}`);
}

/** X shows a post under any username and under `i`; only the id counts. */
export function status(x, request) {
  const post = x.posts.get(request.params.id);
  if (!post) return missing("This post doesn’t exist");
  const author = x.users.get(post.author_id);
  return page(200, `${author.name}: “${post.text.slice(0, 60)}”`, html`<div class="single">${card(x, post)}</div>`);
}

export function avatarImage(x, request) {
  const user = x.userByName(request.params.username);
  if (!user) return missing("This account doesn’t exist");
  const body = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">
<rect width="48" height="48" fill="${tint(user)}"/>
<text x="24" y="32" text-anchor="middle" font-family="sans-serif" font-size="24" fill="#fff">${[...user.name][0]}</text>
</svg>`.text;
  return { status: 200, headers: { "content-type": "image/svg+xml" }, body };
}

const missing = (title) =>
  page(404, title, html`<section class="card notice"><h1>${title}</h1><p>Try searching for another.</p></section>`);

const profile = (found) => html`<section class="card profile">${avatar(found)}
<div><h1>${found.name}</h1><span class="meta">@${found.username}</span><p>${found.description}</p></div></section>`;

const list = (x, posts) =>
  posts.length > 0 ? posts.map((post) => card(x, post)) : html`<p class="empty">No posts yet.</p>`;

function card(x, post) {
  const original = x.posts.get(post.reposted_id);
  return original ? article(x, original, x.users.get(post.author_id)) : article(x, post);
}

function article(x, post, reposter) {
  const author = x.users.get(post.author_id);
  return html`<article class="card">
${reposter && html`<p class="context">Reposted by <a href="/${reposter.username}">@${reposter.username}</a></p>`}
<div class="who">${avatar(author)}
<span><a href="/${author.username}">${author.name}</a><small>@${author.username}</small></span></div>
${context(x, post)}<p class="text">${segments(post.text).map(part)}</p>
${post.media_ids.map((id) => picture(x.media.get(id)))}
${post.poll && html`<ul class="poll">${post.poll.options.map(({ label }) => html`<li>${label}</li>`)}</ul>`}
<div class="meta"><a href="/${author.username}/status/${post.id}"><time datetime="${iso(post)}">${when(post)}</time></a>
${source(x, post)}</div>
</article>`;
}

const part = ({ raw, url }) => (url ? html`<a href="${url}" rel="noopener nofollow">${raw}</a>` : html`${raw}`);

/** The bytes were not kept: what is shown is that they came, and their description. */
function picture(media) {
  const { kind, size, dimensions } = media;
  const measure = dimensions && `${dimensions.w} × ${dimensions.h}`;
  const facts = [KINDS[kind], measure, `${size.toLocaleString("en-US")} bytes`].filter(Boolean);
  return html`<figure class="media"><b>${facts.join(" · ")}</b>
${media.altText && html`<figcaption>${media.altText}</figcaption>`}</figure>`;
}

const KINDS = { photo: "Photo", animated_gif: "GIF", video: "Video" };

function context(x, post) {
  const parent = x.posts.get(post.in_reply_to_id);
  if (!parent) return null;
  const { username } = x.users.get(parent.author_id);
  return html`<p class="context">Replying to <a href="/${username}/status/${parent.id}">@${username}</a></p>`;
}

const iso = (post) => new Date(post.created_at).toISOString();

const FORMAT = new Intl.DateTimeFormat("en-US", { timeStyle: "short", dateStyle: "medium", timeZone: "UTC" });
const when = (post) => FORMAT.format(post.created_at);

function source(x, post) {
  const app = x.apps.get(post.client_id);
  return app && html`· ${app.name}`;
}
