// data-live: what htmx brings is patched into what is there, node by node, so that nothing flickers, and focus, scrolling, marked text and
// whatever a person has opened stay as they are. Where the fresh part asks no more, htmx swaps it as usual and the asking ends.

export default function live(element) {
  element.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target !== element) return;
    const fresh = new DOMParser().parseFromString(event.detail.serverResponse, "text/html").body.firstElementChild;
    if (!fresh?.hasAttribute("hx-trigger")) return;
    event.detail.shouldSwap = false;
    patch(element, fresh);
  });
}

function patch(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  patchAttributes(old, fresh);
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  after.forEach((child, number) => (before[number] ? patch(before[number], child) : old.append(child)));
  before.slice(after.length).forEach((child) => child.remove());
}

function patchAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}
