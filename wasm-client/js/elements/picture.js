/** The account's picture, or its first letter where the page's policy, or X, shows none. */

import { make } from "./make.js";

export const pictureCss = `
[part=picture] { width: 40px; height: 40px; border-radius: 50%; background: var(--_line); flex: none; object-fit: cover }
`;

export function picture({ nickname, username, profile_picture_url: url }) {
  const letter = make("span", { part: "picture", class: "letter", "aria-hidden": "true" }, [...(nickname || username)][0]);
  if (!url) return letter;
  const image = make("img", { part: "picture", src: url, alt: "", width: 40, height: 40, referrerpolicy: "no-referrer", onerror: () => image.replaceWith(letter) });
  return image;
}
