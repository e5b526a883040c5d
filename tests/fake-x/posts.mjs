// Every post that exists, in the order of their ids, and what is asked of them often: by author, by text, by what they
// answer, quote or repost, by conversation. Ten thousand posts must not make a call slow.
import { stored } from "./text.mjs";

const sameText = (authorId, text) => `${authorId} ${stored(text).trim()}`;

/** A post whose key is null is in no group. */
const KEYS = {
  author: (post) => post.author_id,
  text: (post) => (post.reposted_id === null ? sameText(post.author_id, post.text) : null),
  parent: (post) => post.in_reply_to_id,
  quoted: (post) => post.quoted_id,
  reposted: (post) => post.reposted_id,
  conversation: (post) => post.conversation_id,
};

export class Posts extends Map {
  #groups = Object.fromEntries(Object.keys(KEYS).map((name) => [name, new Map()]));

  add(post) {
    for (const [name, keyOf] of Object.entries(KEYS)) this.#join(name, keyOf(post), post);
    return this.set(post.id, post);
  }

  /** A post takes its reposts with it. */
  remove(post) {
    for (const repost of [...this.repostsOf(post.id)]) this.remove(repost);
    for (const [name, keyOf] of Object.entries(KEYS)) this.#groups[name].get(keyOf(post))?.delete(post);
    this.delete(post.id);
  }

  by = (authorId) => this.#group("author", authorId);
  sameAs = (authorId, text) => this.#group("text", sameText(authorId, text));
  repliesTo = (id) => this.#group("parent", id);
  quotesOf = (id) => this.#group("quoted", id);
  repostsOf = (id) => this.#group("reposted", id);
  inConversation = (id) => this.#group("conversation", id);

  /** This user's repost of this post, if there is one. */
  repostBy = (authorId, id) => [...this.repostsOf(id)].find((repost) => repost.author_id === authorId);

  #join(name, key, post) {
    if (key === null) return;
    const group = this.#groups[name].get(key);
    if (group) group.add(post);
    else this.#groups[name].set(key, new Set([post]));
  }

  #group(name, key) {
    return this.#groups[name].get(key) ?? new Set();
  }
}
