/** Settings → Brand: how the Worker's own pages look to people who connect, with each of them beside the form as it would be. */

import { useState } from "preact/hooks";
import { patch } from "../../api.js";
import { changed, useLive } from "../../live.js";
import { Field, TextField } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Problem } from "../../ui/problem.jsx";
import { Loading, Page } from "../../ui/show.jsx";
import { toast } from "../../ui/toast.jsx";
import { Samples } from "./samples.jsx";

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
            <TextField label="Logo" type="url" isOptional isVerbatim value={logo} onText={setLogo} problem={problemOf("brand.logo_url")} hint="A public https address of a PNG, JPEG, WEBP or GIF up to 256 KiB. It is fetched once, when you save, and served from here." />
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
      <Samples name={name} color={color} saved={brand.logo_url} />
    </div>
  );
}
