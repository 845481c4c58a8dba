// The summary of what is wrong with a form takes the focus, so that it is read out and seen.

export default function focusFirst(element) {
  element.focus();
}
