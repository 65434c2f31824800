// The hour where a customer lives goes on while the page stands open.

const EVERY = 15_000; // milliseconds

export function clocks(): void {
  setInterval(() => {
    const now = new Date();
    for (const clock of document.querySelectorAll<HTMLElement>("[data-clock-of]")) {
      clock.textContent = new Intl.DateTimeFormat(document.documentElement.lang, {
        timeZone: clock.dataset.clockOf,
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }).format(now);
    }
  }, EVERY);
}
