// On a phone the sidebar folds away behind its button.

export default function sidebar(button) {
  const body = document.getElementById(button.getAttribute("aria-controls"));
  const set = (isOpen) => {
    button.setAttribute("aria-expanded", String(isOpen));
    body.classList.toggle("is-open", isOpen);
  };
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    set(false);
    button.focus();
  });
}
