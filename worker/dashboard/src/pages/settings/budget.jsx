/** Settings → Budget and policy: what may be spent, what becomes of a post whose answer was lost, and how long posts are kept. */

import { useState } from "preact/hooks";
import { patch } from "../../api.js";
import { formatCode } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { Button } from "../../ui/button.jsx";
import { Confirm } from "../../ui/dialog.jsx";
import { Choice, TextField } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Loading, Page, Section } from "../../ui/show.jsx";
import { toast } from "../../ui/toast.jsx";

export function Budget() {
  const { data, error } = useLive("/v1/settings", { every: 0 });
  return (
    <Page title="Budget and policy">
      {!data && (error ? <Problem error={error} /> : <Loading />)}
      {data && (
        <>
          <Budgets settings={data.data} />
          <Policy settings={data.data} />
          <Retention settings={data.data} />
          <Prices settings={data.data} />
        </>
      )}
    </Page>
  );
}

async function save(body) {
  await patch("/v1/settings", body);
  changed("/v1/settings");
  toast("Saved");
}

const amount = (text) => (text.trim() === "" ? null : Number(text));
const MONEY = { type: "number", min: 0, max: 1_000_000, step: "any", inputMode: "decimal" };

function Budgets({ settings: { monthly_budget_usd, tenant_budgets_usd } }) {
  const [whole, setWhole] = useState(monthly_budget_usd ?? "");
  const [rows, setRows] = useState(() => Object.entries(tenant_budgets_usd).map(([tenant, usd]) => ({ tenant, usd: String(usd) })));
  const change = (at, part) => setRows((all) => all.map((row, index) => (index === at ? { ...row, ...part } : row)));
  const send = () => {
    const named = rows.filter(({ tenant }) => tenant.trim()).map(({ tenant, usd }) => [tenant.trim(), amount(usd)]);
    const gone = Object.keys(tenant_budgets_usd).map((tenant) => [tenant, null]);
    return save({ monthly_budget_usd: amount(String(whole)), tenant_budgets_usd: Object.fromEntries([...gone, ...named]) });
  };
  return (
    <Section title="Budgets" intro="US dollars for a calendar month in UTC. What would exceed one is refused, and nothing is sent. Empty is no limit.">
      <Form onSend={send} send="Save budgets">
        {(problemOf) => (
          <>
            <div class="form-pair"><TextField label="All tenants together" {...MONEY} value={whole} onText={setWhole} problem={problemOf("monthly_budget_usd")} /></div>
            {rows.map(({ tenant, usd }, at) => (
              <div key={at} class="form-pair">
                <TextField label={`Tenant ${at + 1}`} isVerbatim value={tenant} onText={(text) => change(at, { tenant: text })} />
                <TextField label={`Budget of tenant ${at + 1}`} {...MONEY} value={usd} onText={(text) => change(at, { usd: text })} problem={problemOf(["tenant_budgets_usd", tenant])} />
              </div>
            ))}
            <div><Button kind="quiet" icon="plus" onPress={() => setRows((all) => [...all, { tenant: "", usd: "" }])}>A tenant's own budget</Button></div>
          </>
        )}
      </Form>
    </Section>
  );
}

const POLICIES = [
  ["resend", "Send it once more", "Only when X, asked twice a minute apart, does not list the post. X could still show it later, and then it is there twice."],
  ["hold", "Leave it to me", "Nothing is ever sent twice. The post waits until you say whether it is on X."],
];

function Policy({ settings }) {
  const [policy, setPolicy] = useState(settings.on_unknown);
  return (
    <Section title="When X's answer is lost" intro="A post may be on X although its answer never arrived. The account's own posts are read first, and mostly settle it.">
      <Form onSend={() => save({ on_unknown: policy })} send="Save policy">
        {() => <Choice label="If they do not show it" value={policy} options={POLICIES} onText={setPolicy} />}
      </Form>
    </Section>
  );
}

const DAYS = { type: "number", min: 1, max: 36_500, step: 1, inputMode: "numeric" };
const kept = (days) => days ?? Infinity;

/** Fewer days than before delete posts at once, so that is asked first. */
function Retention({ settings: { keep_posts_days } }) {
  const [text, setText] = useState(String(keep_posts_days ?? ""));
  const [isAsking, ask] = useState(false);
  const days = amount(text);
  const keep = () => save({ keep_posts_days: days });
  const send = () => (kept(days) < kept(keep_posts_days) ? ask(true) : keep());
  return (
    <Section title="How long posts are kept" intro="Days after a post's end: published, failed or cancelled, the last of its accounts; for imported posts, after the import. Then the record here is deleted. Nothing is deleted at X, and usage stays counted. Empty is for ever.">
      <Form onSend={send} send="Save days">
        {(problemOf) => (
          <div class="form-pair"><TextField label="Days" {...DAYS} value={text} onText={setText} problem={problemOf("keep_posts_days")} /></div>
        )}
      </Form>
      {isAsking && (
        <Confirm title="Delete older posts?" act="Delete older posts" onClose={() => ask(false)} onAct={keep}>
          <p>Records of posts that ended more than {days} {days === 1 ? "day" : "days"} ago are deleted here for good, beginning now. Drafts and posts that are still to be sent stay.</p>
        </Confirm>
      )}
    </Section>
  );
}

/** X changes its prices without telling programs. */
function Prices({ settings: { prices } }) {
  const [wanted, setWanted] = useState(() => Object.fromEntries(Object.entries(prices).map(([name, usd]) => [name, String(usd)])));
  const send = () => save({ prices: Object.fromEntries(Object.entries(wanted).map(([name, text]) => [name, Number(text)])) });
  return (
    <Section title="X's prices" intro="US dollars, as X lists them. Change them here when X does: estimates, budgets and usage go by these.">
      <Form onSend={send} send="Save prices" kind="plain">
        {(problemOf) => (
          <div class="form-pair">
            {Object.entries(wanted).map(([name, usd]) => (
              <TextField key={name} label={formatCode(name)} {...MONEY} required value={usd} problem={problemOf(`prices.${name}`)} onText={(text) => setWanted((all) => ({ ...all, [name]: text }))} />
            ))}
          </div>
        )}
      </Form>
    </Section>
  );
}
