/** The browser of a test file. */

import { chromium } from "playwright-core";

const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync";

export const launchBrowser = () => chromium.launch({ executablePath: PROGRAM, args: QUIET.split(" ") });
