/** The account's picture, or its first letter where the page's policy, or X, shows none. */

import { make } from "./make.js";
import { shown } from "./shown.js";

export const pictureCss = `
[part=picture] { width: 40px; height: 40px; border-radius: 50%; background: var(--_line); flex: none; object-fit: cover }
.letter { display: grid; place-items: center; font-weight: 600 }
`;

export function picture({ nickname, username, profile_picture_url: url }) {
  const letter = make("span", { part: "picture", class: "letter", "aria-hidden": "true" }, [...(shown(nickname) || username)][0]);
  if (!url) return letter;
  const image = make("img", { loading: "lazy", part: "picture", src: url, alt: "", width: 40, height: 40, referrerpolicy: "no-referrer", onerror: () => image.replaceWith(letter) });
  return image;
}
