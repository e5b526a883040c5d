/** The table of goals: each row's figures, out of one run, beside the goal. */

import { round } from "../figures.mjs";
import { BARE, HONO, KEEPER, median, OURS, RUST, short } from "../measurements.mjs";

/** "Flat" is at most twice the time over a few rows. */
const FLAT = 2;

const known = (value) => Number.isFinite(value);
const times = (value) => `${round(value, 2)}×`;
const millis = (value) => `${short(value)} ms`;
const kilobytes = (value) => `${round(value, 0)} KB`;
const plain = (value) => short(value);

const atMost = (limit, show = plain, text = plain(limit)) => ({ text: `≤ ${text}`, isMet: (value) => value <= limit, show });
const ratioAtMost = (limit) => atMost(limit, times, `${limit}×`);
const millisAtMost = (limit) => atMost(limit, millis, `${limit} ms`);
const kilobytesAtMost = (limit) => atMost(limit, kilobytes, `${limit} KB`);
const atLeast = (limit) => ({ text: `≥ ${limit}×`, isMet: (value) => value >= limit, show: times });
const flat = { text: "flat", isMet: (value) => value <= FLAT, show: (value) => `${times(value)} of a few rows` };

const STATUSES = ["published", "failed", "pending", "held", "deleted"];

/**
 * `before` is what was measured when the goals were set, `floor` then or, as a function, in this run. A part is `[value, goal]`.
 * `of(name, side)` is a median, undefined if nobody measured it.
 */
function rows(of, bytes) {
  const over = (name, side, one = OURS) => of(name, one) / of(name, side);
  const counts = (name) => of(`a post, accepted: ${name}`, OURS);
  const [few, many] = ends(of.sides("usage"));
  const growth = (name) => of(name, many) / of(name, few);
  const slowest = (names) => Math.max(...names.map((name) => of(name, many)));
  const list = (...filters) => {
    const names = filters.map((filter) => `/v1/posts?${filter}`);
    return [[slowest(names), millisAtMost(5)], [Math.max(...names.map(growth)), flat]];
  };
  const publishing = (way, before, floor, [p50, rate, cpu]) => ({
    name: `${way === "accepted" ? "accept a post" : "publish and wait"}, width 16: p50 · rate · CPU, ÷ ${HONO}`,
    before,
    floor,
    parts: [
      [over(`${way}, time`, HONO), ratioAtMost(p50)],
      [over(`${way}, rate`, HONO), atLeast(rate)],
      [over(`${way}, workerd's processor`, HONO), ratioAtMost(cpu)],
    ],
    inOthers: [`${way}, time`, `${way}, rate`, `${way}, workerd's processor`],
  });
  const passing = (name, way, before, [hono, bare]) => ({
    name: `${name}: rate ÷ ${HONO} · ÷ ${BARE}`,
    before,
    parts: [[over(`${way}, rate`, HONO), atLeast(hono)], [over(`${way}, rate`, BARE), atLeast(bare)]],
    inOthers: [`${way}, rate`],
  });
  const posts = many ?? "many posts";
  return [
    publishing("accepted", "6.7× · 0.14× · 8.3×", "1.29× · 0.72× · 1.57×", [2.5, 0.45, 3]),
    publishing("published", "9.7× · 0.10× · 9.9×", "1.52× p50", [3.5, 0.3, 4]),
    passing("pass-through GET, width 16", "GET", "0.36× · 0.21×", [0.8, 0.5]),
    passing("pass-through POST, width 16", "POST", "0.17× · 0.09×", [0.5, 0.3]),
    passing("10 MB upload through", "10 MB up", "0.91× · 0.92×", [1, 0.95]),
    {
      name: "per accepted post: SQL statements · rows written · messages between objects · alarm calls",
      before: "83 · 47 · 4 · 10",
      floor: "6 · – · 1 · 0",
      parts: [
        [counts("statements"), atMost(25)], [counts("rows written"), atMost(20)],
        [counts("messages"), atMost(3)], [counts("alarm calls"), atMost(2)],
      ],
    },
    { name: `\`GET /v1/account/usage\` over ${posts}`, before: "286 ms", parts: [[of("usage", many), millisAtMost(10)], [growth("usage"), flat]] },
    { name: `a post under a workspace budget over ${posts} of the month`, before: "58 ms, growing", parts: [[growth(BUDGET), flat]], shown: [of(BUDGET, many)].filter(known).map(millis) },
    { name: `list of posts by status over ${posts}, by \`after\`, the slowest of ${STATUSES.length}`, before: "113 ms", parts: list(...STATUSES.map((status) => `status=${status}`)) },
    { name: `list of posts by account over ${posts}, by \`after\``, before: "77 ms", parts: list("social_account_id=…") },
    { name: `list of posts by tenant over ${posts}, by \`after\``, before: "26 ms", parts: list("tenant_id=t1") },
    { name: "upload, gzip (goal 800 KB, and 900 KB with the issues that came after)", before: "1,017 KB", floor: "82 KB", parts: [[bytes.upload, kilobytesAtMost(900)]] },
    { name: "composer wasm, gzip", before: "136 KB", parts: [[bytes.composer, kilobytesAtMost(75)]] },
    { name: `cold start: first keyed GET ÷ ${HONO}`, before: "2.7×", floor: "1.0×", parts: [[over(COLD, HONO), ratioAtMost(2)]], inOthers: [COLD] },
  ];
}

const BUDGET = "a post under a workspace budget";
const COLD = "from the start to the first answer";

/** The sides of the bench rows are amounts of rows, in order: the first and the last. */
const ends = (sides) => [sides.at(0), sides.at(-1)];

/** Cells of the table, the heading first. */
export function goalsTable(measurements, bytes) {
  const of = (name, side) => {
    const found = measurements.find((each) => each.name === name && each.side === side);
    return found ? median(found.samples) : undefined;
  };
  of.sides = (name) => measurements.filter((each) => each.name === name).map(({ side }) => side);
  const ratios = (side, names) => names.map((name) => of(name, side) / of(name, HONO)).filter(known).map(times).join(" · ") || "–";
  const cells = ({ name, before, floor = "–", parts, shown = [], inOthers = [] }) => {
    const values = parts.map(([value, { show }]) => (known(value) ? show(value) : "not measured"));
    const met = parts.map(([value, { isMet }]) => (known(value) ? (isMet(value) ? "yes" : "**no**") : "–"));
    return [name, before, floor, ratios(RUST, inOthers), ratios(KEEPER, inOthers), parts.map(([, { text }]) => text).join(" · "), [...shown, ...values].join(" · "), met.join(" · ")];
  };
  return [["", "before", "floor", `${RUST} ÷ ${HONO}, this run`, `${KEEPER} ÷ ${HONO}, this run`, "goal", "this run", "met"], ...rows(of, bytes).map(cells)];
}
