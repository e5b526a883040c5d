/** The browser of a test file. */

import { chromium } from "playwright-core";

/** What is not there by then will not come, on the busiest of machines: a test that passes never waits so long. */
export const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 60_000);

const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync";

/**
 * What Chromium does for a person in front of it, and no page can see: each window loads two pages of the address bar,
 * and each profile keeps a renderer for the next site. They took half of the renderers' time.
 */
const FOR_PERSONS = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"];

/** Chromium obeys the last list of features alone, so Playwright's own comes along. chromium.test.mjs compares the two. */
const OFF_BY_PLAYWRIGHT = [
  "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect",
  "TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
  "msForceBrowserSignIn", "msEdgeUpdateLaunchServicesPreferredVersion",
];

const OFF = `--disable-features=${[...OFF_BY_PLAYWRIGHT, ...FOR_PERSONS]}`;

export const launchBrowser = () => chromium.launch({ executablePath: PROGRAM, args: [...QUIET.split(" "), OFF] });
