/** Several accounts are disconnected at once: those that were chosen, or all that the filters find. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useAction } from "../../action.js";
import { all, del } from "../../api.js";
import { formatCount } from "../../format.js";
import { changed } from "../../live.js";
import { Button } from "../../ui/button.jsx";
import { TypedConfirm } from "../../ui/confirm.jsx";
import { Checkbox } from "../../ui/field.jsx";
import { Problem } from "../../ui/problem.jsx";
import { toast } from "../../ui/toast.jsx";

const MOST = 100_000;

const named = (count) => (count === 1 ? "1 account" : `${formatCount(count)} accounts`);

/** What is chosen of a list, `count` rows long, of which `shown` are on the screen. */
export function Chosen({ chosen, shown, count, filters, onChange }) {
  const [isAsking, setAsking] = useState(false);
  const isPage = shown.every(({ id }) => chosen.some((one) => one.id === id));
  const { run, isBusy, error } = useAction(async () => onChange(await all(`/v1/social-accounts?${new URLSearchParams(filters)}`, { most: MOST })));
  const togglePage = (isOn) => {
    const others = chosen.filter(({ id }) => !shown.some((one) => one.id === id));
    onChange(isOn ? [...others, ...shown] : others);
  };
  return (
    <div class="chosen-bar">
      <Checkbox label="All on this page" isChecked={isPage} onToggle={togglePage} />
      {isPage && chosen.length < count && <Button kind="quiet" isBusy={isBusy} onPress={() => run()}>Choose all {formatCount(count)}</Button>}
      {chosen.length > 0 && (
        <>
          <span role="status">{named(chosen.length)} chosen</span>
          <Button kind="quiet" onPress={() => onChange([])}>None</Button>
          <Button kind="danger" onPress={() => setAsking(true)}>Disconnect …</Button>
        </>
      )}
      <Problem error={error} />
      {isAsking && (
        <Disconnect
          accounts={chosen}
          onClose={(left) => {
            setAsking(false);
            onChange(left);
          }}
        />
      )}
    </div>
  );
}

/** So many at a time: each waits for X, and a browser keeps six connections to a server. */
const AT_ONCE = 4;

/** Only the accounts' owners can undo it. A few at a time: whoever stops has done a part, and `onClose` gets what is left. */
function Disconnect({ accounts, onClose }) {
  const [left, setLeft] = useState(accounts);
  const work = useRef({ isStopped: false, left: accounts });
  const [isBegun, setBegun] = useState(false);
  useEffect(() => () => (work.current.isStopped = true), []);
  const act = () => (work.current.run = disconnect());
  const disconnect = async () => {
    setBegun(true);
    const queue = [...work.current.left];
    const next = async () => {
      while (queue.length > 0 && !work.current.isStopped) {
        const account = queue.shift();
        await del(`/v1/social-accounts/${account.id}`).catch(ifGone).catch((error) => {
          queue.length = 0;
          throw error;
        });
        work.current.left = work.current.left.filter((one) => one !== account);
        setLeft(work.current.left);
      }
    };
    // The first failure ends the others, each after the account that it is at.
    const failed = (await Promise.allSettled(Array.from({ length: AT_ONCE }, next))).find(({ reason }) => reason);
    if (failed) throw failed.reason;
  };
  /** What is on its way is waited for: it happens all the same. */
  const close = () => (work.current.end ??= end());
  const end = async () => {
    work.current.isStopped = true;
    await work.current.run?.catch(() => {});
    const gone = accounts.length - work.current.left.length;
    changed("/v1/social-accounts", "/v1/summary", "/v1/account/usage");
    if (gone > 0) toast(`${named(gone)} disconnected`);
    onClose(work.current.left);
  };
  return (
    <TypedConfirm title={`Disconnect ${named(accounts.length)}?`} word={accounts.length} act={`Disconnect ${named(accounts.length)}`} onAct={act} onClose={close}>
      <p>{some(accounts)} cannot be posted to any more. Their tokens are revoked at X and deleted, and what is queued for them is called off. Only their owners can connect them again.</p>
      {isBegun && (
        <p role="status">
          <progress value={accounts.length - left.length} max={accounts.length} aria-label="Accounts disconnected" /> {formatCount(accounts.length - left.length)} of {formatCount(accounts.length)}. Cancel stops it.
        </p>
      )}
    </TypedConfirm>
  );
}

const SHOWN = 3;

function some(accounts) {
  const names = accounts.slice(0, SHOWN).map(({ username }) => `@${username}`).join(", ");
  return accounts.length > SHOWN ? `${names} and ${formatCount(accounts.length - SHOWN)} more` : names;
}

/** Somebody else was quicker. */
function ifGone(error) {
  if (error.status !== 404) throw error;
}
