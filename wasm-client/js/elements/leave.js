/** The button that disconnects an account, once the person has said yes: in <x-accounts> and beside the button. */

import { confirmed } from "./confirm.js";
import { button } from "./make.js";

export function leaveButton({ username }, texts, disconnect) {
  const question = texts.sure.replace("{}", username);
  const ask = () => confirmed({ pressed: leave, question, yes: texts.disconnect, no: texts.keep, act: disconnect });
  const leave = button("disconnect", texts.disconnect, ask, { "aria-label": `${texts.disconnect} @${username}` });
  return leave;
}
