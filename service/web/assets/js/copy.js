// <button data-copy="text">: puts the text on the clipboard and says so for two seconds (data-copied).

export default function copy(button) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const before = button.textContent;
    button.textContent = button.dataset.copied ?? before;
    setTimeout(() => (button.textContent = before), 2000);
  });
}
