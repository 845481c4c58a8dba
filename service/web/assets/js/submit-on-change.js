// A choice that acts at once; without script the form's own button does it.

export default function submitOnChange(field) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
