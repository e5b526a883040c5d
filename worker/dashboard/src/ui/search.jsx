/** Fields that filter a list: the list is asked for when the typing pauses, since each letter would be a question. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useLive } from "../live.js";
import { Button } from "./button.jsx";
import { TextField } from "./field.jsx";

const PAUSE_MS = 250;

/** `[typed, type]`: what is typed, and `onText` hears of it when the typing pauses. Another `value` from outside takes its place. */
function usePaused(value, onText) {
  const [typed, setTyped] = useState(value);
  const timer = useRef();
  const told = useRef(value);
  // The page may have moved on when the pause is over.
  const latest = useRef(onText);
  latest.current = onText;
  if (value !== told.current) {
    told.current = value;
    setTyped(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (text) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      told.current = text;
      latest.current(text);
    }, PAUSE_MS);
  };
  return [typed, type];
}

export function SearchField({ value, onText, ...rest }) {
  const [typed, type] = usePaused(value, onText);
  return <TextField type="search" value={typed} onText={type} {...rest} />;
}

const OFFERED = 8;
const nameOf = ({ username, tenant_id }) => `@${username}${tenant_id ? ` · ${tenant_id}` : ""}`;

/** One account of any number: the server finds them by a part of the username. `id` is that of the chosen one. */
export function AccountField({ id, tenant, onChoose }) {
  const list = useId();
  const chosen = useLive(id ? `/v1/social-accounts/${id}` : null).data?.data;
  const [asked, setAsked] = useState("");
  const [typed, type] = usePaused(asked, setAsked);
  const search = new URLSearchParams({ username: asked.replace(/ · .*/, ""), limit: OFFERED, ...(tenant && { tenant_id: tenant }) });
  const { data } = useLive(id ? null : `/v1/social-accounts?${search}`);
  const named = (text) => data?.data.find((one) => nameOf(one) === text);
  const take = ({ id: found }) => {
    setAsked("");
    type("");
    onChoose(found);
  };
  const choose = (text) => (named(text) ? take(named(text)) : type(text));
  // The name may have been taken from the list while another list was under way.
  useEffect(() => {
    if (named(typed)) take(named(typed));
  }, [data]);
  if (id) {
    return (
      <div class="field">
        <span class="field-name">Account</span>
        <span class="row chosen"><span class="chosen-name" title={id}>{chosen ? nameOf(chosen) : "…"}</span> <Button kind="quiet" icon="close" label="Any account" onPress={() => onChoose(undefined)} /></span>
      </div>
    );
  }
  return (
    <>
      <TextField label="Account" type="search" list={list} value={typed} onText={choose} />
      <datalist id={list}>{data?.data.map((account) => <option key={account.id} value={nameOf(account)}>{account.nickname}</option>)}</datalist>
    </>
  );
}
