/** The set-up until it is whole; then how things stand. */

import { useState } from "preact/hooks";
import { isFor } from "../pages.js";
import { Button } from "../ui/button.jsx";
import { Problem } from "../ui/problem.jsx";
import { Loading, Page } from "../ui/show.jsx";
import { Checklist } from "./home/checklist.jsx";
import { Overview } from "./home/overview.jsx";
import { useProgress } from "./home/progress.js";

export default function Home({ session }) {
  // A key that cannot set anything up is shown none of it.
  return isFor(session, { scope: "admin" }) ? <OperatorHome session={session} /> : <Narrow />;
}

function OperatorHome({ session }) {
  const progress = useProgress();
  const [isShown, setShown] = useState(false);
  const count = Object.values(progress.done).filter(Boolean).length;
  const total = Object.keys(progress.done).length;
  if (progress.isLoading || progress.error) {
    return <Page title="Home">{progress.error ? <Problem error={progress.error} /> : <Loading rows={5} />}</Page>;
  }
  if (count === total && !isShown) {
    return (
      <Page title="Home" actions={<Button kind="quiet" onPress={() => setShown(true)}>Show the set-up</Button>}>
        <Overview accounts={progress.accounts} />
      </Page>
    );
  }
  return (
    <Page title="Set up" intro={`From an X app to a button on your page. ${count} of ${total} done.`}>
      <Checklist progress={progress} session={session} />
    </Page>
  );
}

const Narrow = () => (
  <Page title="Home" intro="This key may see accounts and posts. Setting things up takes a key with the scope admin." />
);
