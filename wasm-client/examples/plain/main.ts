import "@latchkey/connect-x/define";
import "@latchkey/connect-x/elements";

const button = document.createElement("connect-x");
button.setAttribute("session-url", "/api/x/session");
button.setAttribute("page-session-url", "/api/x/page");
button.labels = { idle: "Add an X account" };
const outcome = document.createElement("p");
outcome.role = "status";

button.addEventListener("connected", ({ detail }) => (outcome.textContent = `Publishing as @${detail.account.username}`));
button.addEventListener("error", ({ detail }) => (outcome.textContent = detail.message));
document.body.append(button, outcome);

for (const name of ["x-accounts", "x-composer", "x-posts"]) {
  const element = document.createElement(name);
  element.setAttribute("session-url", "/api/x/page");
  document.body.append(element);
}
document.querySelector("x-composer")?.addEventListener("post-created", ({ detail }) => (outcome.textContent = `Taken: ${detail.post.containers[0].content}`));
