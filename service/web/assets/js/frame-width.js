// <button data-frame-width="375" data-frame="preview">: shows the framed letter as wide as a phone, or (0) as wide as there is room.

export default function frameWidth(button) {
  const frame = document.getElementById(button.dataset.frame);
  button.addEventListener("click", () => {
    const width = Number(button.dataset.frameWidth);
    frame.style.maxWidth = width ? `${width}px` : "100%";
    for (const other of document.querySelectorAll(`[data-frame="${frame.id}"]`)) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}
