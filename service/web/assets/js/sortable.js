// <ol data-sortable>: rows (with data-id) are dragged by their [data-handle]; the new order goes into the hidden field named by
// data-sortable, then the form is submitted. Without script the rows' own up and down buttons do the same.

import Sortable from "sortablejs";

export default function sortable(list) {
  Sortable.create(list, {
    handle: "[data-handle]",
    animation: 120,
    onEnd: ({ oldIndex, newIndex }) => {
      if (oldIndex === newIndex) return;
      const form = list.closest("form") ?? document.getElementById(list.dataset.form);
      const order = [...list.querySelectorAll("[data-id]")].map((row) => row.dataset.id);
      form.elements.namedItem(list.dataset.sortable || "order").value = order.join(",");
      form.requestSubmit();
    },
  });
}
