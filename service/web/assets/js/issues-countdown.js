// <p data-countdown="ISO time">: counts down the seconds until then.

export default function countdown(element) {
  const end = Date.parse(element.dataset.countdown);
  const tick = () => {
    if (!element.isConnected) return clearInterval(timer);
    element.textContent = String(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
  };
  const timer = setInterval(tick, 250);
  tick();
}
