// Finding and making parts of the page; text is always set as text.
export const $ = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** A new element; children are elements or texts, nothing for null. */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** One icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

export const tag = (kind, text) => h("span", { class: `tag ${kind}` }, text);

/** What the machine did or needs; kind "", ok, warn or bad. Lines are texts or elements, the first one strong. */
export function notice(kind, picture, first, ...lines) {
  const rest = lines.filter(Boolean).map((line) => (typeof line === "string" ? h("p", {}, line) : line));
  return h("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" }, icon(picture), h("p", {}, h("strong", {}, first)), ...rest);
}

/** A button of a row of buttons. */
export function button(text, act, { picture = null, main = false } = {}) {
  return h("button", { type: "button", class: main ? null : "quiet", onclick: act }, picture ? icon(picture) : null, picture ? ` ${text}` : text);
}
