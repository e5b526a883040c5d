const outcome = document.getElementById("outcome");
const button = document.querySelector("connect-x");

button.addEventListener("connected", ({ detail }) => (outcome.textContent = `Publishing as @${detail.account.username}`));
document.querySelector("x-composer").addEventListener("post-created", ({ detail }) => (outcome.textContent = `Taken: ${detail.post.containers[0].content}`));
button.addEventListener("error", ({ detail }) => (outcome.textContent = detail.message));
