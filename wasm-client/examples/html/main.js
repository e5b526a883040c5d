const outcome = document.getElementById("outcome");
const button = document.querySelector("connect-x");

button.addEventListener("connected", ({ detail }) => (outcome.textContent = `Publishing as @${detail.account.username}`));
button.addEventListener("error", ({ detail }) => (outcome.textContent = detail.message));
