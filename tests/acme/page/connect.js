/** COPY ME. All that a page does with the button: hear that an account is connected. */

const button = document.querySelector("connect-x");

/** Calls back after each connection, with the account as the API shows it. */
export function onConnected(callback) {
  button.addEventListener("connected", ({ detail }) => callback(detail.account));
}
