// <form data-dirty>: asks before leaving the page with unsaved changes. Who writes is there: the session does not run out
// under a long text, since the server hears of it at most once a minute.

const MINUTE = 60_000;

export default function dirty(form) {
  let isDirty = false;
  let heardAt = Date.now();
  form.addEventListener("input", () => {
    isDirty = true;
    if (Date.now() - heardAt < MINUTE) return;
    heardAt = Date.now();
    fetch(location.pathname, { method: "HEAD" }).catch(() => {}); // away for a moment: saving will say so
  });
  form.addEventListener("submit", () => (isDirty = false));
  window.addEventListener("beforeunload", (event) => {
    if (isDirty && form.isConnected) event.preventDefault();
  });
}
