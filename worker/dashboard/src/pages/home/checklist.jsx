/** The first run: each step does what it says, right here, and is ticked by what the API then knows. */

import { useEffect, useState } from "preact/hooks";
import { ConnectButton } from "../../connect-button.jsx";
import { CredentialsForm } from "../settings/credentials-form.jsx";
import { Doctor } from "../settings/doctor.jsx";
import { KeyForm } from "../settings/key-form.jsx";
import { XConsole } from "../settings/x-console.jsx";
import { Copy } from "../../ui/copy.jsx";
import { Icon } from "../../ui/icon.jsx";
import { FirstPost } from "./first-post.jsx";
import { backEndSnippet, pageSnippet } from "./snippets.js";

export function Checklist({ progress, session }) {
  const { done, network, accounts } = progress;
  const steps = [
    { name: "app", title: "Add your X app", Content: AppStep, props: { network, callbackUrl: session.callback_url } },
    { name: "account", title: "Connect a first account", needs: "app", Content: AccountStep },
    { name: "post", title: "Publish a first post", needs: "account", Content: FirstPost, props: { accounts } },
    { name: "key", title: "Create an API key for your back end", Content: KeyStep, props: { session } },
    { name: "snippet", title: "Put the button on your page", needs: "key", Content: SnippetStep },
  ];
  const next = steps.find(({ name }) => !done[name])?.name;
  const [opened, setOpened] = useState({});
  // A step that was opened for the person stays open when it is done: a key is shown once, a result wants to be read.
  useEffect(() => setOpened((all) => (next && !(next in all) ? { ...all, [next]: true } : all)), [next]);
  return (
    <ol class="checklist">
      {steps.map((step, at) => (
        <Step
          key={step.name}
          number={at + 1}
          step={step}
          isDone={done[step.name]}
          isWaiting={step.needs !== undefined && !done[step.needs]}
          needs={steps.find(({ name }) => name === step.needs)?.title}
          isOpen={opened[step.name] ?? false}
          onToggle={(isOpen) => setOpened((all) => ({ ...all, [step.name]: isOpen }))}
        />
      ))}
    </ol>
  );
}

function Step({ number, step: { name, title, Content, props }, isDone, isWaiting, needs, isOpen, onToggle }) {
  return (
    <li class={`step ${isDone ? "step-done" : ""} ${isOpen ? "step-open" : ""}`}>
      <span class="step-number" aria-hidden="true">{isDone ? <Icon name="check" size={18} /> : number}</span>
      <div class="step-body">
        <h2>
          <button type="button" class="step-title" aria-expanded={isOpen} aria-controls={`step-${name}`} onClick={() => onToggle(!isOpen)}>
            {title}
            {isDone && <span class="unseen">, done</span>}
            <Icon name="chevron" size={18} />
          </button>
        </h2>
        {isOpen && (
          <div class="step-content" id={`step-${name}`}>
            {isWaiting ? <p class="muted">First: {needs}.</p> : <Content {...props} isDone={isDone} />}
          </div>
        )}
      </div>
    </li>
  );
}

function AppStep({ network, callbackUrl }) {
  if (network) return <Doctor network={network} />;
  return (
    <>
      <p class="muted">Your customers will see your app's name at X, so the app is your own. Enter this in X's console:</p>
      <XConsole callbackUrl={callbackUrl} />
      <h3>Then paste the app's OAuth 2.0 credentials here</h3>
      <CredentialsForm />
    </>
  );
}

function AccountStep({ isDone }) {
  return (
    <>
      <p class="muted">This is the button that your customers will press. Try it with an account of your own.</p>
      <div class="row"><ConnectButton id="first-account">{isDone ? "Connect another" : "Connect X"}</ConnectButton></div>
    </>
  );
}

function KeyStep({ session }) {
  return (
    <>
      <p class="muted">Your back end calls the API with it. It needs no more than is ticked here: to connect accounts, to publish, and to read.</p>
      <KeyForm name="Production back end" session={session} />
    </>
  );
}

function SnippetStep({ isDone }) {
  const { origin } = location;
  return (
    <>
      <h3>In your page</h3>
      <Copy label="page snippet" isCode text={pageSnippet(origin)} />
      <h3>In your back end</h3>
      <Copy label="back end snippet" isCode text={backEndSnippet(origin)} />
      <p class="muted" role="status">
        {isDone ? "Your back end has asked for its first session: the button is in use." : "This is ticked by itself once your back end asks for its first session, with the key of the step before."}
      </p>
    </>
  );
}
