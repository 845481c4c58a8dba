// <input type="checkbox" data-toggles="id">: shows the element only while the box is ticked.

export default function toggles(box) {
  const element = document.getElementById(box.dataset.toggles);
  const show = () => (element.hidden = !box.checked);
  box.addEventListener("change", show);
  show();
}
