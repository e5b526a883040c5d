/** What every page has around its text. No page has a script or a style of its own, so a policy can forbid both. */

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escape = (text) => String(text).replaceAll(/[&<>"']/g, (sign) => SIGNS[sign]);

/** Text in which `words` stand between backticks. */
export const inline = (text) => escape(text ?? "").replaceAll(/`([^`]+)`/g, "<code>$1</code>");

/** Wide content scrolls by itself, also by the keyboard. */
export const wide = (content) => `<div class="wide" tabindex="0">${content}</div>\n`;

export const code = (text) => `<pre tabindex="0"><code>${escape(text)}</code></pre>\n`;

/** A column without a name has no header cell: a header that says nothing is read aloud all the same. */
export function table(header, rows) {
  const head = header.some(Boolean) ? `<thead><tr>${header.map((name) => (name ? `<th scope="col">${name}</th>` : "<td></td>")).join("")}</tr></thead>` : "";
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("\n");
  return wide(`<table>${head}<tbody>${body}</tbody></table>`);
}

/** The address of one page as another page links to it. */
export const from = (page, target) => "../".repeat(page.split("/").length - 1) + target;

const list = (page, links) => `<ul>${links.map(({ path, title }) => `<li><a href="${from(page, path)}"${path === page ? ' aria-current="page"' : ""}>${escape(title)}</a></li>`).join("")}</ul>`;

/** All pages by their groups. */
const contents = (page, groups, level) =>
  groups.map(({ name, links }) => `<h${level}>${escape(name)}</h${level}>\n${list(page, links)}`).join("\n");

export const wholePage = ({ path, title, body }, { groups, version }) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · Latchkey ${version}</title>
<link rel="stylesheet" href="${from(path, "pages.css")}">
</head>
<body>
<a class="skip" href="#page-text">To the text</a>
<header><a href="${from(path, "index.html")}">Latchkey ${version}</a> <a class="to-pages" href="#page-list">All pages</a></header>
<main id="page-text" tabindex="-1">
${body}
</main>
<nav id="page-list" aria-label="All pages">
${contents(path, groups, 2)}
</nav>
</body>
</html>
`;
