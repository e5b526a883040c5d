/** Builds elements one by one, as node.js does: attributes, and listeners by the names `onclick`, `oninput` … */

export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child || child === 0));
  return made;
}

export const button = (part, label, onclick, others) => make("button", { type: "button", part, onclick, ...others }, label);

/** These rows and no others are in the list, which is hidden without one. A row that stays is not touched: it may have the focus. */
export function place(list, rows) {
  for (const row of [...list.children]) rows.includes(row) || row.remove();
  rows.forEach((row, at) => list.children[at] === row || list.insertBefore(row, list.children[at]));
  list.hidden = !rows.length;
}
