/** Totals that triggers keep (docs/STORAGE.md), beside what a sum over all rows says. */

import assert from "node:assert/strict";

const SCOPES = `(SELECT id, 'all' AS scope FROM posts UNION ALL SELECT id, 'tenant/' || coalesce(tenant_id, '') FROM posts)`;
const OF_ACCOUNTS = `(SELECT id, 'all' AS scope FROM accounts UNION ALL SELECT id, 'tenant/' || tenant_id FROM accounts)`;
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
};

export function assertTotals(db, when = "") {
  const rows = (query) => db.prepare(query).all().map((row) => Object.values(row).join(" ")).sort();
  for (const [what, [kept, summed]] of Object.entries(TOTALS)) assert.deepEqual(rows(kept), rows(summed), `${what} ${when}`);
}
