/** What a crash run publishes, and how X answers it: all drawn from the seed, before anything happens. */

const THREADS = 0.4;
const TO_TWO_ACCOUNTS = 0.2;
const WAITING = 0.5;

/** How often a call to create a post meets each fault, and what the fault is. The rest are answered well. */
const FAULTS = [
  [0.1, () => ({ kind: "effect-then-close" })],
  [0.08, (random, times) => ({ kind: "close-then-effect", ms: random.between(1, times.cut_late_ms) })],
  [0.03, () => ({ kind: "malformed" })],
  [0.04, () => ({ kind: "close" })],
];

/** What X changes of a text on its way, or might: the settling has to recognise it all the same. */
const ENDINGS = ["", " & <so on>", " \u{1f5dd}\ufe0f", " e\u0301", "\nhttps://example.com/a?b=1&c=2", " &amp;"];

/**
 * How late X may be. In production it may act 0.9 s after a connection has died and list a post 30 s late, and the two
 * reads that allow a second sending are 60 s apart. With a shorter pause the listing keeps its half of it, and the
 * acting does not shrink.
 */
export function timesFor(settle_ms) {
  if (settle_ms < 3000) throw new RangeError("acting 0.9 s late and listing half a pause late need a pause of 3 s");
  return { act_late_ms: 400, cut_late_ms: 500, list_late_ms: settle_ms / 2 };
}

/** Posts and threads of so many publishes in all; one publish is one post of one account on X. */
export function planPosts(random, accounts, publishes, times) {
  const posts = [];
  for (let left = publishes; left > 0; ) {
    const post = planPost(random, accounts, left, posts.length, times);
    posts.push(post);
    left -= countOf(post);
  }
  return posts;
}

const countOf = ({ accounts, texts }) => accounts.length * texts.length;

export const publishesOf = (posts) => posts.reduce((sum, post) => sum + countOf(post), 0);

function planPost(random, accounts, left, number, times) {
  const targets = left > 1 && random.chance(TO_TWO_ACCOUNTS) ? twoOf(random, accounts) : [random.of(accounts)];
  const wanted = random.chance(THREADS) ? random.between(2, 4) : 1;
  const length = Math.min(wanted, Math.floor(left / targets.length));
  const texts = Array.from({ length }, (_, part) => `${number}.${part} of the storm${random.of(ENDINGS)}`);
  const post = { number, accounts: targets, texts, waits: random.chance(WAITING) };
  const faults = Array.from({ length: countOf(post) }, () => drawFault(random, times)).filter(Boolean);
  return { ...post, faults };
}

function twoOf(random, accounts) {
  const first = random.between(0, accounts.length - 1);
  const second = (first + random.between(1, accounts.length - 1)) % accounts.length;
  return [accounts[first], accounts[second]];
}

function drawFault(random, times) {
  let draw = random.next();
  for (const [share, make] of FAULTS) {
    if (draw < share) return make(random, times);
    draw -= share;
  }
  return null;
}
