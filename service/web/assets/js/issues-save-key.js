// <form data-save-key>: Ctrl+S or Cmd+S saves, as everywhere else; the part being worked on is shown again.

export default function saveKey(form) {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s" || !form.isConnected) return;
    event.preventDefault();
    const part = document.activeElement?.closest("[data-id]");
    if (part) {
      const here = Object.assign(document.createElement("input"), { type: "hidden", name: "here", value: part.dataset.id });
      form.append(here);
    }
    form.requestSubmit(form.querySelector('button[name="act"][value="save"]'));
  });
}
