/** The files of one part of a post: how far each is, what it shows, and the way out. */

import { useLive } from "../../live.js";
import { Button } from "../../ui/button.jsx";
import { TextField } from "../../ui/field.jsx";
import { isMedia, upload } from "./upload.js";

/**
 * Sends files that were dropped, pasted or chosen. `changeMedia(update)` changes the part's list, whatever has become of it
 * since. Answers the keys of those that are sent, and the names of those that can be no media.
 */
export function addFiles(files, changeMedia) {
  const [usable, others] = [[...files].filter(isMedia), [...files].filter((file) => !isMedia(file))];
  return { keys: usable.map((file) => addFile(file, changeMedia)), refused: others.map(({ name }) => name) };
}

function addFile(file, changeMedia) {
  const key = crypto.randomUUID();
  const set = (fields) => changeMedia((media) => media.map((one) => (one.key === key ? { ...one, ...fields } : one)));
  const picture = file.type.startsWith("image/") ? URL.createObjectURL(file) : undefined;
  changeMedia((media) => [...media, { key, name: file.name, alt: "", state: "sending", share: 0, picture }]);
  upload(file, (share) => set({ share })).then(
    (id) => set({ id, state: "ready" }),
    (error) => set({ state: "failed", problem: `${error.message} ${error.hint ?? ""}` }),
  );
  return key;
}

/** A page that was loaded anew has no picture of a file any more: the server has. A file that is no picture shows `children`. */
export function Picture({ file: { id, picture, others }, alt, children }) {
  const stored = id ?? others?.id;
  const { data } = useLive(picture || !stored ? null : `/v1/media/${stored}`, { every: 0 });
  const { url, content_type: type } = data?.data ?? {};
  const source = picture ?? (type?.startsWith("image/") ? url : undefined);
  return source ? <img src={source} alt={alt} /> : children;
}

export const Files = ({ media, changeMedia }) => (
  <ul class="files">
    {media.map((one) => (
      <li key={one.key} class="file">
        <span class="file-picture"><Picture file={one} alt=""><span aria-hidden="true">▶</span></Picture></span>
        <div class="stack">
          <p class="row">
            <b class="file-name">{one.name}</b>
            <Button kind="quiet" icon="trash" label={`Remove ${one.name}`} onPress={() => changeMedia((media) => media.filter(({ key }) => key !== one.key))} />
          </p>
          {one.state === "sending" && <progress value={one.share} max={1} aria-label={`${one.name} on its way`} />}
          {one.state === "failed" && <p class="field-problem" role="alert">{one.problem}</p>}
          <TextField
            label="What it shows" data-file={one.key} hint="Read out to whoever does not see it" maxLength={1000} value={one.alt}
            onText={(alt) => changeMedia((media) => media.map((other) => (other.key === one.key ? { ...other, alt } : other)))}
          />
        </div>
      </li>
    ))}
  </ul>
);
