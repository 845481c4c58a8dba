// <form data-dirty>: asks before leaving the page with unsaved changes.

export default function dirty(form) {
  let isDirty = false;
  form.addEventListener("input", () => (isDirty = true));
  form.addEventListener("submit", () => (isDirty = false));
  window.addEventListener("beforeunload", (event) => {
    if (isDirty && form.isConnected) event.preventDefault();
  });
}
