/** The pages that customers see, each in each state, with made-up data and what is in the form (docs/API.md, section 8, "Samples"). */

import { useEffect, useState } from "preact/hooks";
import { Select } from "../../ui/field.jsx";

const PAGES = [
  ["button", "Connect by a link, in another browser"],
  ["start", "Before X"],
  ["waiting", "Another browser, before its code"],
  ["code", "Another browser, with its code"],
  ["connected", "Connected"],
  ["done", "Done, before the page knows who"],
  ["elsewhere", "Opened somewhere else"],
  ["declined", "Refused at X"],
  ["other_account", "Another account than expected"],
  ["expired", "Too late"],
  ["unknown", "A wrong address"],
  ["approval", "Approve a post"],
  ["approved", "A post that was approved"],
  ["rejected", "A post that was rejected"],
  ["approval_changed", "A post that has changed"],
];
const LANGUAGES = [["en", "English"], ["es", "Español"], ["pt", "Português"], ["fr", "Français"], ["de", "Deutsch"], ["ja", "日本語"]];
const PAUSE_MS = 400;

export function Samples({ name, color, saved }) {
  const [page, setPage] = useState("button");
  const [lang, setLang] = useState("en");
  const worn = useSettled(JSON.stringify({ name: name.trim(), color, saved }));
  return (
    <section class="samples" aria-label="Pages that your customers see">
      <div class="form-pair">
        <Select label="Page" value={page} options={PAGES} onText={setPage} />
        <Select label="Language" value={lang} options={LANGUAGES} onText={setLang} />
      </div>
      <div class="samples-frames">
        {["light", "dark"].map((scheme) => <Sample key={scheme} page={page} lang={lang} scheme={scheme} worn={worn} />)}
      </div>
      <p class="muted small">Light and dark, by each person's own setting. A new logo shows once it is saved.</p>
    </section>
  );
}

/** `sandbox` twice, here and in the answer: nothing on a sample acts. A saved logo has another address, so the page is asked for anew. */
function Sample({ page, lang, scheme, worn }) {
  const { saved, ...tried } = JSON.parse(worn);
  const query = new URLSearchParams({ ...tried, lang, scheme });
  return <iframe key={saved} class="sample" title={`The page, ${scheme}`} sandbox="allow-same-origin" src={`/v1/dashboard/pages/${page}?${query}`} />;
}

/** What is typed, once nothing more was typed for a moment. */
function useSettled(value) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
