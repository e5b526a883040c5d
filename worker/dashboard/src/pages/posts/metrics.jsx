/** How a post did at X: asked for by a person alone, who is told the price first. */

import { useState } from "preact/hooks";
import { useAction } from "../../action.js";
import { get } from "../../api.js";
import { formatCount, formatShare, formatUsd } from "../../format.js";
import { useLive } from "../../live.js";
import { RankChart } from "../../ui/chart.jsx";
import { Button } from "../../ui/button.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Section } from "../../ui/show.jsx";

/** What people did with it, the sums over accounts and parts. Views are of another order of magnitude, and stand above. */
const DEEDS = [["Likes", "likes"], ["Reposts and quotes", "shares"], ["Replies", "comments"], ["Bookmarks", "saves"], ["Link clicks", "url_link_clicks"], ["Profile visits", "user_profile_clicks"]];

const deedsOf = (accounts) =>
  DEEDS.map(([name, figure]) => ({ name, value: accounts.reduce((sum, { metrics }) => sum + (metrics[figure] ?? metrics.platform_specific[figure] ?? 0), 0) }));

/** X bills each look, so nobody but the person asks: not the page by itself, nor when its tab is seen again. */
export function Metrics({ post, session }) {
  const [data, setData] = useState();
  const { run, isBusy, error } = useAction(async () => setData(await get(`/v1/posts/${post.id}/analytics`)));
  const price = usePrice(post, session);
  const sums = data?.aggregated_metrics;
  return (
    <Section title="How it did" intro={`As X counts, at this moment. Opening this page asks X nothing. Each look is ${readsOf(post) === 1 ? "a read" : `${readsOf(post)} reads`} at X${price ? `, ${price}` : ""}.`}>
      <p><Button icon="refresh" isBusy={isBusy} onPress={() => run()}>{sums ? "Ask X again" : "Ask X for the figures"}{price && `, ${price}`}</Button></p>
      {error && <Problem error={error} />}
      {sums && (
        <>
          <dl class="figures">
            <div class="figure"><dt>Views</dt><dd>{formatCount(sums.total_views)}</dd></div>
            <div class="figure"><dt>Engagement</dt><dd>{formatShare(sums.average_engagement_rate)}</dd></div>
          </dl>
          <h3>What people did</h3>
          <RankChart rows={deedsOf(data.metrics_by_account)} format={formatCount} />
          {data.metrics_by_account.length > 1 && (
            <>
              <h3>By account</h3>
              <RankChart rows={data.metrics_by_account.map(({ social_account: { username }, metrics }) => ({ name: `@${username}`, value: metrics.views }))} format={(views) => `${formatCount(views)} views`} />
            </>
          )}
        </>
      )}
    </Section>
  );
}

/** X bills each post that a read returns: every part that is there. */
const readsOf = ({ socialAccounts }) => socialAccounts.flatMap(({ segments }) => segments).filter(({ state }) => state === "published").length;

/** Prices are a setting of the operator's. */
function usePrice(post, { scopes, tenant_id }) {
  const { data } = useLive(scopes.includes("admin") && !tenant_id ? "/v1/settings" : null, { every: 0 });
  return data && formatUsd(readsOf(post) * data.data.prices.post_read);
}
