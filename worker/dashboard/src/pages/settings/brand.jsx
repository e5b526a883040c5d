/** Settings → Brand: how the Worker's own pages look to people who connect, with a picture of one beside the form. */

import { useState } from "preact/hooks";
import { patch } from "../../api.js";
import { changed, useLive } from "../../live.js";
import { Field, TextField } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Loading, Page } from "../../ui/show.jsx";
import { toast } from "../../ui/toast.jsx";

const PLAIN = "#0f1419";

export function BrandSettings() {
  const { data, error } = useLive("/v1/settings", { every: 0 });
  return (
    <Page title="Brand" intro="Your customers see your name, never ours. This is how the few pages look that they meet on the way to X and back.">
      {data ? <Editor brand={data.data.brand} /> : error ? <Problem error={error} /> : <Loading />}
    </Page>
  );
}

function Editor({ brand }) {
  const [name, setName] = useState(brand.name ?? "");
  const [logo, setLogo] = useState(brand.logo_url ?? "");
  const [color, setColor] = useState(brand.color ?? "");
  const save = async () => {
    const wanted = { name: name.trim() || null, logo_url: logo.trim() || null, color: color || null };
    // A logo that stays is not fetched again.
    if (wanted.logo_url === brand.logo_url) delete wanted.logo_url;
    await patch("/v1/settings", { brand: wanted });
    changed("/v1/settings");
    toast("Saved: the next page that is opened wears it");
  };
  return (
    <div class="brand">
      <Form onSend={save} send="Save">
        {(problemOf) => (
          <>
            <TextField label="Name" isOptional maxLength={80} value={name} onText={setName} problem={problemOf("brand.name")} />
            <TextField label="Logo" type="url" isOptional isVerbatim value={logo} onText={setLogo} problem={problemOf("brand.logo_url")} hint="A public https address of a PNG, JPEG, WEBP or GIF up to 256 KiB. It is fetched once, and served from here." />
            <Field label="Colour of buttons" isOptional problem={problemOf("brand.color")} hint="Text on it is black or white, whichever is easier to read.">
              {(tied) => (
                <span class="row">
                  <input type="color" class="swatch" value={color || PLAIN} onInput={(event) => setColor(event.currentTarget.value)} {...tied} />
                  <span class="mono">{color || "as the browser has it"}</span>
                  {color && <button type="button" class="button button-quiet" onClick={() => setColor("")}>Take away</button>}
                </span>
              )}
            </Field>
          </>
        )}
      </Form>
      <Preview name={name} logo={brand.logo_url === logo.trim() && logo ? logo : undefined} color={color} />
    </div>
  );
}

/** Light and dark, as a person's browser asks. The logo is named and not drawn: only the saved one is served from here. */
function Preview({ name, logo, color }) {
  return (
    <figure class="preview" aria-label="Preview of a page that people see">
      {["light", "dark"].map((scheme) => (
        <div key={scheme} class={`preview-page preview-${scheme}`}>
          {logo && <span class="preview-logo">your logo</span>}
          {name && <p class="preview-name">{name}</p>}
          <p class="preview-title">Connect this account?</p>
          <p>@ada will be connected.</p>
          <span class="preview-button" ref={(button) => paint(button, color || (scheme === "light" ? PLAIN : "#eff3f4"))}>Connect</span>
        </div>
      ))}
      <figcaption class="muted small">Light and dark, by each person's own setting.</figcaption>
    </figure>
  );
}

/** Black or white on the colour, by the greater contrast (WCAG 2.2, relative luminance). */
function paint(button, color) {
  if (!button) return;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  button.style.setProperty("--brand", color);
  button.style.setProperty("--on-brand", luminance > 0.179 ? "#000000" : "#ffffff");
}
