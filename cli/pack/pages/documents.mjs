/** The documents as pages: the guide, and what the guide leads to. */

import { readFile, readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path/posix";
import { Marked } from "marked";
import { REPOSITORY } from "../contents.mjs";
import { code, escape, table } from "./html.mjs";

const GUIDE = "docs/guide";
/** In the order of a reader who follows the guide; a file that is not named here comes last. */
const ORDER = ["README", "x-app", "deploy", "first-post", "production", "approval", "agents", "costs-and-rules", "troubleshooting"];
const OTHERS = [
  ...["API", "SECURITY", "STORAGE", "SCALE", "TEXT"].map((name) => `docs/${name}.md`),
  ...["clients/typescript", "clients/python", "wasm-client"].map((folder) => `${folder}/README.md`),
];

/** `docs/guide/README.md` is `guide/index.html`. */
const pageOf = (source) => source.replace(/^docs\//, "").replace(/README\.md$/, "index.md").replace(/\.md$/, ".html");

/** As GitHub makes the address of a heading; the second of the same words has a number. */
export function anchors() {
  const known = new Map();
  return (heading) => {
    const anchor = heading.toLowerCase().replaceAll(/[^\p{Letter}\p{Number} _-]/gu, "").replaceAll(" ", "-");
    const times = known.get(anchor) ?? 0;
    known.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  };
}

/** `{guide, others}`: pages with `{path, title, body}`. */
export async function documentPages() {
  const names = (await readdir(join(REPOSITORY, GUIDE))).filter((name) => name.endsWith(".md"));
  const place = (name) => (ORDER.indexOf(name.slice(0, -".md".length)) + ORDER.length + 1) % (ORDER.length + 1);
  const guide = names.sort((one, other) => place(one) - place(other)).map((name) => `${GUIDE}/${name}`);
  const sources = new Set([...guide, ...OTHERS]);
  const page = async (source) => render(source, await readFile(join(REPOSITORY, source), "utf8"), sources);
  return { guide: await Promise.all(guide.map(page)), others: await Promise.all(OTHERS.map(page)) };
}

function render(source, text, sources) {
  const path = pageOf(source);
  const anchor = anchors();
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text: words }) {
        return `<h${depth} id="${anchor(plain(words))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        const target = targetOf(source, href, sources);
        return target === undefined ? words : `<a href="${escape(target)}">${words}</a>`;
      },
      table({ header, rows }) {
        const cells = (row) => row.map((cell) => this.parser.parseInline(cell.tokens));
        return table(cells(header), rows.map(cells));
      },
      code: ({ text: content }) => code(content),
      // Documents have no markup of their own: what looks like markup is text.
      html: ({ text: content }) => escape(content),
    },
  });
  return { path, title: text.match(/^# (.+)$/m)[1], body: marked.parse(text) };
}

/** The words of a heading without marks and without the addresses of links. */
const plain = (words) => words.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");

/** Where a link of a document leads among the pages. What is no page, a source file say, is words alone. */
function targetOf(source, href, sources) {
  if (/^[a-z]+:/.test(href) || href.startsWith("#")) return href;
  const [file, heading] = href.split("#");
  const found = [join(dirname(source), file), join(dirname(source), file, "README.md")].find((target) => sources.has(target));
  if (!found) return undefined;
  return (relative(dirname(pageOf(source)), pageOf(found)) || pageOf(found)) + (heading ? `#${heading}` : "");
}

