/** Totals that triggers keep (docs/STORAGE.md), beside what a sum over all rows says. */

import assert from "node:assert/strict";

const SCOPES = `(SELECT id, 'all' AS scope FROM posts UNION ALL SELECT id, 'tenant/' || coalesce(tenant_id, '') FROM posts)`;
const OF_ACCOUNTS = `(SELECT id, 'all' AS scope FROM accounts UNION ALL SELECT id, 'tenant/' || tenant_id FROM accounts)`;
/** Posts that are not deleted, each with the states of its deliveries, whose it is alone, and its time. */
const STANDING = `(SELECT p.seq, p.tenant_id, p.created_at, p.scheduled_at, json_extract(p.doc, '$.is_draft') AS is_draft, json_extract(p.doc, '$.approval.status') AS approval,
    sum(d.state IN ('queued', 'publishing', 'held', 'unknown')) AS pending, sum(d.state = 'published') AS published, sum(d.state = 'failed') AS failed,
    min(json_extract(d.doc, '$.published_at')) AS published_at, iif(count(d.account_id) = 1, min(d.account_id), NULL) AS account_id
  FROM posts p LEFT JOIN deliveries d ON d.post_id = p.id WHERE p.is_deleted = 0 GROUP BY p.seq)`;
const STAGES = `(SELECT *, coalesce(scheduled_at, published_at, created_at) AS at, CASE WHEN approval = 'pending' THEN 'awaiting_approval' WHEN is_draft THEN 'draft' WHEN failed > 0 THEN 'failed'
    WHEN pending > 0 AND scheduled_at IS NOT NULL THEN 'scheduled' WHEN published > 0 THEN 'published' END AS stage FROM ${STANDING})`;
const IN_SCOPES = `(SELECT 'all' AS scope, stage, at FROM ${STAGES} UNION ALL SELECT 'tenant/' || coalesce(tenant_id, ''), stage, at FROM ${STAGES}
    UNION ALL SELECT 'account/' || account_id, stage, at FROM ${STAGES} WHERE account_id IS NOT NULL)`;
const month = (time) => `CAST(strftime('%s', strftime('%Y-%m-01', ${time} / 1000, 'unixepoch')) AS INTEGER) * 1000`;

/** Each as it is kept, and as the rows have it. What has come down to nothing may be there or not. */
const TOTALS = {
  "spent by day": [
    "SELECT scope, day, micros, posts FROM spent_by_day WHERE micros + posts <> 0",
    `SELECT scope, spent_at / 86400000 AS day, sum(spent), count(DISTINCT post_id)
      FROM deliveries JOIN ${SCOPES} p ON p.id = post_id WHERE spent_at IS NOT NULL GROUP BY 1, 2`,
  ],
  "spent by month": [
    "SELECT scope, month, micros, posts FROM spent_by_month WHERE micros + posts <> 0",
    `SELECT scope, month, sum(micros), sum(posts) FROM (
      SELECT scope, ${month("spent_at")} AS month, sum(spent) AS micros, count(DISTINCT post_id) AS posts
        FROM deliveries JOIN ${SCOPES} p ON p.id = post_id WHERE spent_at IS NOT NULL GROUP BY 1, 2
      UNION ALL SELECT scope, month, micros, 0 FROM spending JOIN ${OF_ACCOUNTS} a ON a.id = account_id)
      GROUP BY 1, 2 HAVING sum(micros) + sum(posts) <> 0`,
  ],
  "due by month": [
    "SELECT scope, month, micros FROM due_by_month WHERE micros <> 0",
    `SELECT scope, ${month("due_at")} AS month, sum(micros) FROM dues JOIN ${SCOPES} p ON p.id = post_id
      GROUP BY 1, 2 HAVING sum(micros) <> 0`,
  ],
  accounts: [
    "SELECT scope, kind, rows FROM counts WHERE list = 'accounts' AND rows <> 0",
    `SELECT scope, json_extract(doc, '$.status'), count(*) FROM accounts JOIN ${OF_ACCOUNTS} a USING (id)
      WHERE is_deleted = 0 GROUP BY 1, 2`,
  ],
  media: [
    "SELECT scope, kind, rows FROM counts WHERE list = 'media' AND rows <> 0",
    `SELECT scope, status, count(*) FROM (SELECT 'all' AS scope, status FROM media
      UNION ALL SELECT 'tenant/' || coalesce(tenant_id, ''), status FROM media) GROUP BY 1, 2`,
  ],
  audit: [
    "SELECT scope, kind, rows FROM counts WHERE list = 'audit' AND rows <> 0",
    `SELECT scope, json_extract(doc, '$.action'), count(*) FROM (SELECT 'all' AS scope, doc FROM audit
      UNION ALL SELECT 'tenant/' || tenant_id, doc FROM audit) WHERE scope IS NOT NULL GROUP BY 1, 2`,
  ],
  keys: [
    "SELECT scope, rows FROM counts WHERE list = 'keys' AND rows <> 0",
    `SELECT scope, count(*) FROM (SELECT 'all' AS scope FROM keys WHERE is_closed = 0
      UNION ALL SELECT 'tenant/' || json_extract(doc, '$.binding.tenant_id') FROM keys WHERE is_closed = 0)
      WHERE scope IS NOT NULL GROUP BY 1`,
  ],
  "webhook deliveries": [
    "SELECT scope, kind, rows FROM counts WHERE list = 'dispatches' AND rows <> 0",
    `SELECT 'webhook/' || webhook_id, json_extract(doc, '$.state') || '/' || json_extract(doc, '$.kind'), count(*)
      FROM dispatches GROUP BY 1, 2`,
  ],
  stages: [
    "SELECT scope, kind, rows FROM counts WHERE list = 'stages' AND rows <> 0",
    `SELECT scope, stage, count(*) FROM ${IN_SCOPES} WHERE stage IS NOT NULL GROUP BY 1, 2`,
  ],
  calendar: [
    "SELECT scope, quarter, scheduled, published, failed FROM calendar_totals WHERE scheduled <> 0 OR published <> 0 OR failed <> 0",
    `SELECT scope, at - at % 900000, sum(stage = 'scheduled'), sum(stage = 'published'), sum(stage = 'failed') FROM ${IN_SCOPES}
      WHERE stage IN ('scheduled', 'published', 'failed') GROUP BY 1, 2`,
  ],
  "deliveries by time": [
    "SELECT seq, account_id, tenant_id, state, scheduled_at, created_at FROM timed_deliveries",
    `SELECT p.seq, d.account_id, coalesce(p.tenant_id, ''), d.state, coalesce(p.scheduled_at, 0), p.created_at
      FROM posts p JOIN deliveries d ON d.post_id = p.id WHERE p.is_deleted = 0`,
  ],
  "texts that are found": [
    "SELECT rowid FROM post_texts WHERE post_texts MATCH '\"wor\"'",
    "SELECT seq FROM posts WHERE is_deleted = 0 AND json_extract(doc, '$.containers') LIKE '%wor%'",
  ],
  ...postsByStatus(),
};

/** What a status of the list means, and `any`. */
function postsByStatus() {
  const pending = ["queued", "publishing", "held", "unknown"];
  const deleted = ["deleted", "cancelled"];
  const exact = [...pending, "published", "failed", "cancelled"];
  const statuses = { "=deleted": ["deleted"], any: [...pending, "published", "failed", ...deleted], pending, deleted, ...Object.fromEntries(exact.map((state) => [state, [state]])) };
  const shown = "posts p JOIN deliveries d ON d.post_id = p.id WHERE p.is_deleted = 0";
  const alone = "NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.post_id = p.id AND o.account_id <> d.account_id)";
  return Object.fromEntries(Object.entries(statuses).flatMap(([status, states]) => {
    const listed = states.map((state) => `'${state}'`).join();
    const kept = (scope, condition, kinds) =>
      `SELECT ${scope}, sum(n) FROM (SELECT scope, iif(scope LIKE 'shared/%', -rows, rows) AS n FROM counts
        WHERE list = 'posts' AND kind IN (${kinds})) WHERE ${condition} GROUP BY 1 HAVING sum(n) <> 0`;
    const isOfAll = "scope = 'all' OR scope LIKE 'tenant/%'";
    return [
      [`${status} posts`, [
        kept("scope", isOfAll, `${listed}, '-${status}'`),
        `SELECT s.scope, count(DISTINCT s.id) FROM ${SCOPES} s JOIN (SELECT p.id, d.state FROM ${shown}) USING (id)
          WHERE state IN (${listed}) GROUP BY 1`,
      ]],
      [`${status} posts of an account`, [
        kept("substr(scope, 9)", "scope LIKE 'account/%'", listed),
        `SELECT d.account_id, count(*) FROM ${shown} AND d.state IN (${listed}) GROUP BY 1`,
      ]],
      [`${status} posts of one account alone`, [
        kept("substr(scope, instr(scope, '/') + 1)", "scope LIKE 'account/%' OR scope LIKE 'shared/%'", listed),
        `SELECT d.account_id, count(*) FROM ${shown} AND ${alone} AND d.state IN (${listed}) GROUP BY 1`,
      ]],
    ];
  }));
}

/** `isPurged`: what was spent stays counted after the rows are gone, and is compared by nobody here. */
export function assertTotals(db, when = "", { isPurged = false } = {}) {
  const rows = (query) => db.prepare(query).all().map((row) => Object.values(row).join(" ")).sort();
  const totals = Object.entries(TOTALS).filter(([what]) => !isPurged || !what.startsWith("spent"));
  for (const [what, [kept, summed]] of totals) assert.deepEqual(rows(kept), rows(summed), `${what} ${when}`);
}
