/** The set-up until it is whole; then how things stand. */

import { useEffect, useState } from "preact/hooks";
import { href } from "../router.js";
import { isFor, may } from "../scope.js";
import { Button, LinkButton } from "../ui/button.jsx";
import { Notice, Problem } from "../ui/problem.jsx";
import { Loading, Page } from "../ui/show.jsx";
import { Checklist } from "./home/checklist.jsx";
import { Overview } from "./home/overview.jsx";
import { useProgress } from "./home/progress.js";

export default function Home({ session }) {
  // A key that cannot set anything up is shown none of it.
  return isFor(session, { scope: "admin" }) ? <OperatorHome session={session} /> : <Narrow session={session} />;
}

function OperatorHome({ session }) {
  const progress = useProgress();
  const count = Object.values(progress.done).filter(Boolean).length;
  const total = Object.keys(progress.done).length;
  // Whoever is in the middle of it leaves it by themselves: the last step is not over when its tick appears.
  const [isSettingUp, setSettingUp] = useState();
  useEffect(() => {
    if (!progress.isLoading && isSettingUp === undefined) setSettingUp(count < total);
  }, [progress.isLoading]);
  if (progress.error) return <Page title="Home"><Problem error={progress.error} /></Page>;
  if (isSettingUp === undefined) return <Page title="Home"><Loading rows={5} /></Page>;
  if (!isSettingUp) {
    return (
      <Page title="Home" actions={<Button kind="quiet" onPress={() => setSettingUp(true)}>Show the set-up</Button>}>
        <Overview networks={progress.networks} />
      </Page>
    );
  }
  return (
    <Page
      title="Set up"
      intro={`From an X app to a button on your page. ${count} of ${total} done.`}
      actions={progress.done.post && count < total && <Button kind="quiet" onPress={() => setSettingUp(false)}>Go to the overview</Button>}
    >
      <Checklist progress={progress} session={session} />
      {count === total && (
        <Notice kind="good" title="Everything is set up">
          <p><Button onPress={() => setSettingUp(false)}>Finish</Button></p>
        </Notice>
      )}
    </Page>
  );
}

/** In words, by the scope that opens it. */
const MAY = [["read", "see accounts, posts and figures"], ["draft", "write posts"], ["publish", "publish"], ["connect", "connect and disconnect accounts"]];
const inWords = new Intl.ListFormat("en", { type: "conjunction" });
/** A key with `draft` alone writes what a person approves. */
const wordsOf = (session) => (may(session, "publish") ? MAY : MAY.map(([scope, words]) => [scope, scope === "draft" ? "write posts that a person approves" : words]));

/** Whatever the key can do, and the way there. Assistants are for every key. */
function Narrow({ session }) {
  const able = wordsOf(session).filter(([scope]) => may(session, scope)).map(([, words]) => words);
  const mayRead = may(session, "read");
  return (
    <Page title="Home" intro={`This key may ${inWords.format(able)}. Setting things up takes a key with the scope admin.`}>
      <p class="row">
        {mayRead && may(session, "draft") && <LinkButton kind="primary" icon="pen" href={href("posts/new")}>New post</LinkButton>}
        {mayRead && <LinkButton icon="people" href={href("accounts")}>{may(session, "connect") ? "See and connect accounts" : "See accounts"}</LinkButton>}
        <LinkButton icon="link" href={href("assistants")}>Assistants</LinkButton>
      </p>
    </Page>
  );
}
