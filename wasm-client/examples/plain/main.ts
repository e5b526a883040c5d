import "@latchkey/connect-x/define";

const button = document.createElement("connect-x");
button.setAttribute("session-url", "/api/x/session");
button.labels = { idle: "Add an X account" };
const outcome = document.createElement("p");
outcome.role = "status";

button.addEventListener("connected", ({ detail }) => (outcome.textContent = `Publishing as @${detail.account.username}`));
button.addEventListener("error", ({ detail }) => (outcome.textContent = detail.message));
document.body.append(button, outcome);
