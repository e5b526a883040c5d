/**
 * Settings → Backup and export: what there is as a file to read, and the whole deployment as a sealed one (docs/STORAGE.md,
 * "Backup"). It stands still while it is copied, so that is a way with two ends: going on here, or going on elsewhere.
 */

import { useState } from "preact/hooks";
import { useAction } from "../../action.js";
import { all, del, file, get, post } from "../../api.js";
import { formatTime } from "../../format.js";
import { changed, useLive } from "../../live.js";
import { save } from "../../save.js";
import { Button } from "../../ui/button.jsx";
import { Confirm } from "../../ui/dialog.jsx";
import { TextField } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { Notice, Problem } from "../../ui/problem.jsx";
import { Loading, Page, Section } from "../../ui/show.jsx";
import { toast } from "../../ui/toast.jsx";

const PATH = "/v1/handover";
const LEAST = 12;
const SOON_MS = 1000;
const isMoving = (status) => status === "handing_over" || status === "resuming";

export function Backup({ session }) {
  return (
    <Page title="Backup and export">
      <Export />
      {!session.tenant_id && <Sealed />}
    </Page>
  );
}

const MOST = 100_000;
const LISTS = [
  ["accounts", "/v1/social-accounts", "data"],
  ["posts", "/v1/posts", "posts"],
  ["webhooks", "/v1/webhooks", "data"],
  ["audit", "/v1/audit", "data"],
  ["networks", "/v1/social-networks", "data"],
  ["keys", "/v1/api-keys", "data"],
];

/** Read page by page in this browser, and saved by it. No secret is in it: the API shows none. */
function Export() {
  const [done, setDone] = useState();
  const { run, isBusy, error } = useAction(async () => {
    const whole = { exported_at: new Date().toISOString() };
    for (const [name, path, field] of LISTS) {
      setDone(name);
      whole[name] = await all(path, { name: field, most: MOST });
    }
    whole.settings = (await get("/v1/settings")).data;
    save(new Blob([JSON.stringify(whole, null, 2)], { type: "application/json" }), "export", "json");
    setDone(undefined);
  });
  return (
    <Section title="Export" intro="To read: accounts, posts, webhooks, audit, keys (their names) and settings as one JSON file. Tokens and secrets are not in it.">
      <div class="row">
        <Button icon="external" isBusy={isBusy} onPress={() => run()}>Download JSON</Button>
        <span role="status" class="muted">{isBusy && done ? `Reading ${done} …` : ""}</span>
      </div>
      <Problem error={error} />
    </Section>
  );
}

function Sealed() {
  const [every, setEvery] = useState(0);
  const { data, error } = useLive(PATH, { every });
  const state = data?.data;
  const wanted = state && isMoving(state.status) ? SOON_MS : 0;
  if (wanted !== every) setEvery(wanted);
  return (
    <Section
      title="Backup and moving"
      intro="Everything as one file, sealed with a passphrase: accounts with their tokens, posts, keys, webhooks. Restored in another deployment it goes on there, and nobody connects again."
    >
      {!state && (error ? <Problem error={error} /> : <Loading rows={1} />)}
      {state && <State {...state} />}
    </Section>
  );
}

function State({ status, done, total, since }) {
  if (status === "running") return <Begin />;
  if (status === "restoring") {
    return <Notice kind="warn" title="A backup is being restored here."><p>Nothing of it is in use before its end. If the call broke off, send the whole file again: POST /v1/import.</p></Notice>;
  }
  if (isMoving(status)) {
    const words = status === "handing_over" ? "Accounts end what is under way" : "Accounts go on";
    return <p class="passage" role="status"><span>{words}: {done} of {total}</span> <progress aria-label={words} value={done} max={total || 1} /></p>;
  }
  return <Standing since={since} />;
}

function Begin() {
  const [isAsking, ask] = useState(false);
  return (
    <div>
      <Button icon="clock" onPress={() => ask(true)}>Stand still for a backup</Button>
      {isAsking && (
        <Confirm title="Let everything stand still?" kind="primary" act="Stand still" onClose={() => ask(false)} onAct={() => turn(() => post(PATH))}>
          <p>Until you let it go on, nothing is accepted, sent or connected here, and what falls due waits. Nothing is lost.</p>
          <p>X's refresh tokens work once, so a copy can be made of what stands still alone.</p>
        </Confirm>
      )}
    </div>
  );
}

function Standing({ since }) {
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [isSaved, setSaved] = useState(false);
  const { run, isBusy, error } = useAction(() => turn(() => del(PATH)));
  const download = async () => {
    if (passphrase !== again) throw Object.assign(new Error("The passphrases are not the same."), { hint: "Type the same one twice." });
    save(await file("/v1/export", { "x-passphrase": passphrase }), "backup", "ndjson");
    toast("Saved");
    setSaved(true);
  };
  const secret = { type: "password", autocomplete: "new-password", required: true, minLength: LEAST, isVerbatim: true };
  return (
    <div class="stack">
      <Notice kind="warn" title="This deployment stands still."><p>Since {formatTime(since)}. Posts wait, and callers hear that it is being moved or copied.</p></Notice>
      <Form send="Download backup" onSend={download}>
        {(problemOf) => (
          <div class="form-pair">
            <TextField label="Passphrase" hint={`At least ${LEAST} characters. Without it nobody can restore the file.`} {...secret} value={passphrase} onText={setPassphrase} problem={problemOf("X-Passphrase")} />
            <TextField label="Passphrase again" {...secret} value={again} onText={setAgain} />
          </div>
        )}
      </Form>
      {isSaved && <Notice kind="good" title="The backup is saved."><p>To go on elsewhere, restore it there (docs/guide/production.md) and leave this one standing. To have it as a backup only, let this one go on.</p></Notice>}
      <div class="row">
        <Button isBusy={isBusy} onPress={() => run()}>Go on here</Button>
        <span class="muted">Never after the backup was restored elsewhere: X would end the grants of one of the two.</span>
      </div>
      <Problem error={error} />
    </div>
  );
}

async function turn(work) {
  await work();
  changed(PATH, "/v1/audit", "/v1/dashboard/session");
}
