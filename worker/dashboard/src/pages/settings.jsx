/** One page for each thing that is set up once: `#/settings/keys`. */

import { Audit } from "./settings/audit.jsx";
import { Backup } from "./settings/backup.jsx";
import { BrandSettings } from "./settings/brand.jsx";
import { Budget } from "./settings/budget.jsx";
import { Keys } from "./settings/keys.jsx";
import { Networks } from "./settings/networks.jsx";
import { Webhooks } from "./settings/webhooks.jsx";
import { Page } from "../ui/show.jsx";

const PARTS = { networks: Networks, keys: Keys, webhooks: Webhooks, brand: BrandSettings, budget: Budget, audit: Audit, backup: Backup };

export default function Settings({ route, session }) {
  const Part = PARTS[route.path[1] ?? "networks"];
  if (!Part) return <Page title="There is no such setting"><a href="#/settings">All settings</a></Page>;
  return <Part route={route} session={session} />;
}
