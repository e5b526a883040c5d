"use client";

import dynamic from "next/dynamic";

/** In the browser alone: React sets no listener and no property on an element that came from the server (react#35446). */
export const Accounts = dynamic(() => import("./connect-button").then(({ ConnectButton }) => ConnectButton), { ssr: false });
