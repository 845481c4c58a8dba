// Runs before the first paint: says that script works, and follows the device's light or dark.

const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");

root.classList.add("has-script");
dark.addEventListener("change", follow);
follow();
