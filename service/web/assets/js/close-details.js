// The "No, go back" button of an opened confirmation; Escape and a click elsewhere close it, too.

export default function closeDetails(button) {
  button.addEventListener("click", () => close(button.closest("details")));
}

closeDetails.outside = (details) => {
  document.addEventListener("click", (event) => {
    if (details.open && !details.contains(event.target)) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(details);
  });
};

const close = (details) => {
  details.open = false;
  details.querySelector("summary").focus();
};
