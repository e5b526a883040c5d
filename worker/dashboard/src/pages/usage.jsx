/** What was published and what X charges for it, by day and by tenant; what is left of the budgets; what stands still. */

import { formatCount, formatDate, formatTime, formatUsd } from "../format.js";
import { isFor } from "../scope.js";
import { useLive } from "../live.js";
import { href } from "../router.js";
import { LinkButton } from "../ui/button.jsx";
import { BarChart } from "../ui/chart.jsx";
import { Notice, Problem } from "../ui/problem.jsx";
import { Bar, Empty, Loading, Page, Section } from "../ui/show.jsx";
import { Table } from "../ui/table.jsx";

export default function Usage({ session }) {
  const { data, error } = useLive("/v1/account/usage");
  const isOperator = isFor(session, { scope: "admin" }) && !session.tenant_id;
  const settings = useLive(isOperator ? "/v1/settings" : null, { every: 30_000 }).data?.data;
  if (!data) return <Page title="Usage">{error ? <Problem error={error} /> : <Loading />}</Page>;
  const { usage } = data;
  const month = new Date(usage.billingPeriod.start).toLocaleDateString("en", { month: "long", year: "numeric", timeZone: "UTC" });
  return (
    <Page title="Usage" intro={`${month}, in UTC. These are the prices of X's list; its own bill is in its console.`}>
      <Pauses />
      <dl class="figures">
        <div class="figure"><dt>Posts</dt><dd>{formatCount(usage.posts.current)}</dd></div>
        <div class="figure"><dt>X's charges</dt><dd>{formatUsd(usage.x_cost.estimate_usd)}</dd></div>
        <div class="figure"><dt>Accounts</dt><dd>{formatCount(usage.socialAccounts.current)}</dd></div>
      </dl>
      <Days usage={usage} />
      <Tenants usage={usage} settings={settings} />
      <Limits />
    </Page>
  );
}

function Pauses() {
  const paused = useLive("/v1/social-networks").data?.data.filter((network) => network.paused) ?? [];
  return paused.map(({ id, paused: { reason, since } }) => (
    <Notice key={id} kind="bad" title={`Your X app is paused: ${reason.replaceAll("_", " ")}`}>
      <p>Since {formatTime(since)} posts are held. <a href={href("settings/networks")}>See what to do</a></p>
    </Notice>
  ));
}

/** Every day of the month so far, those without a post too. */
function Days({ usage: { billingPeriod, x_cost } }) {
  const known = new Map(x_cost.by_day.map((day) => [day.date, day]));
  const days = daysUntilToday(billingPeriod.start).map((date) => known.get(date) ?? { date, estimate_usd: 0, posts: 0 });
  const points = days.map(({ date, estimate_usd }) => ({ name: formatDate(`${date}T12:00:00Z`), value: estimate_usd }));
  if (x_cost.by_day.length === 0) {
    return <Section title="By day"><Empty icon="chart" title="Nothing yet this month">As soon as X charges for a post, its day shows here.</Empty></Section>;
  }
  return (
    <Section title="By day">
      <BarChart label={`X's charges by day, ${points.length} days`} points={points} format={formatUsd} />
      <details class="figures-behind">
        <summary>The figures</summary>
        <Table
          caption="Posts and charges by day"
          keyOf={({ date }) => date}
          rows={days.filter(({ posts }) => posts > 0).reverse()}
          columns={[
            { name: "Day", kind: "main", cell: ({ date }) => formatDate(`${date}T12:00:00Z`) },
            { name: "Posts", kind: "number", cell: ({ posts }) => formatCount(posts) },
            { name: "Charges", kind: "number", cell: ({ estimate_usd }) => formatUsd(estimate_usd) },
          ]}
        />
      </details>
    </Section>
  );
}

const DAY_MS = 86_400_000;

function daysUntilToday(start) {
  const first = Date.parse(start);
  const count = Math.floor((Date.now() - first) / DAY_MS) + 1;
  return Array.from({ length: Math.max(count, 1) }, (_, at) => new Date(first + at * DAY_MS).toISOString().slice(0, 10));
}

function Tenants({ usage: { x_cost }, settings }) {
  const budgets = settings?.tenant_budgets_usd ?? {};
  const whole = settings?.monthly_budget_usd;
  const rows = [...x_cost.by_tenant].sort((one, other) => other.estimate_usd - one.estimate_usd);
  return (
    <Section title="By tenant" actions={settings && <LinkButton href={href("settings/budget")}>Set budgets</LinkButton>}>
      {typeof whole === "number" && (
        <Bar label="Whole budget" value={x_cost.estimate_usd} max={whole} note={`${formatUsd(x_cost.estimate_usd)} of ${formatUsd(whole)}`} />
      )}
      {rows.length === 0 && <p class="muted">Nobody has published anything yet.</p>}
      {rows.length > 0 && (
        <Table
          caption="Posts and charges by tenant" name="table-usage"
          rows={rows}
          keyOf={({ tenant_id }) => tenant_id ?? ""}
          columns={[
            { name: "Tenant", kind: "main", cell: ({ tenant_id }) => (tenant_id ? <span class="mono">{tenant_id}</span> : "Your own") },
            { name: "Posts", kind: "number", cell: ({ posts }) => formatCount(posts) },
            { name: "Charges", kind: "number", cell: ({ estimate_usd }) => formatUsd(estimate_usd) },
            { name: "Budget", cell: ({ tenant_id, estimate_usd }) => <Share spent={estimate_usd} budget={budgets[tenant_id]} tenant={tenant_id} /> },
          ]}
        />
      )}
    </Section>
  );
}

function Share({ spent, budget, tenant }) {
  if (budget === undefined) return <span class="muted">none</span>;
  return <Bar label={`Budget of ${tenant}`} value={spent} max={budget} note={formatUsd(budget)} />;
}

const SHOWN = 8;

/** X's limits of the accounts, the window of each that is closest to its end. */
function Limits() {
  const accounts = useLive(`/v1/social-accounts?status=active&limit=${SHOWN + 1}`).data?.data ?? [];
  if (accounts.length === 0) return null;
  return (
    <Section title="X's limits" intro="Of each account the window that is closest to its end, as X last told it." actions={accounts.length > SHOWN && <LinkButton href={href("accounts")}>All accounts</LinkButton>}>
      <ul class="bars">{accounts.slice(0, SHOWN).map((account) => <li key={account.id}><Tightest account={account} /></li>)}</ul>
    </Section>
  );
}

function Tightest({ account: { id, username } }) {
  const windows = useLive(`/v1/social-accounts/${id}/limits`, { every: 15_000 }).data?.data ?? [];
  const used = ({ limit, remaining }) => (limit - remaining) / limit;
  const [tightest] = windows.toSorted((one, other) => used(other) - used(one));
  const name = <a href={href(`accounts/${id}`)}>@{username}</a>;
  if (!tightest) return <p class="bar-head">{name}<span class="bar-note">nothing used</span></p>;
  const { endpoint, limit, remaining } = tightest;
  return <Bar name={name} label={`${endpoint} of @${username}`} value={limit - remaining} max={limit} note={`${endpoint}: ${formatCount(remaining)} of ${formatCount(limit)} left`} />;
}
