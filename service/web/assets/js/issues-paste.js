// <textarea data-paste-html="id">: what is pasted into the empty field brings its HTML along in the hidden field of that id, so that
// links, bold and lists are kept. Typing afterwards drops the HTML: the text as it stands is what counts then.

export default function pasteHtml(area) {
  const hidden = document.getElementById(area.dataset.pasteHtml);
  const note = document.getElementById("paste-note");
  const keep = (html) => {
    hidden.value = html;
    if (note) note.hidden = !html;
  };
  let isPasting = false;
  area.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html");
    const replacesAll = area.value.trim() === "" || (area.selectionStart === 0 && area.selectionEnd === area.value.length);
    isPasting = true;
    keep(replacesAll ? html : "");
  });
  area.addEventListener("input", () => {
    if (!isPasting) keep("");
    isPasting = false;
  });
}
