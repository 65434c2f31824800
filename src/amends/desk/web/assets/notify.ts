// What was told to somebody, shown by the browser while they work in another window; only on their own wish.

function able(): boolean {
  return "Notification" in window && window.isSecureContext;
}

/** Whether this browser may show notices: then the page goes on listening while it is not seen. */
export function notifies(): boolean {
  return able() && Notification.permission === "granted";
}

function showHow(): void {
  const place = document.querySelector<HTMLElement>("[data-notify]");
  if (!place || !able()) return;
  place.hidden = false;
  const say = (part: string, shown: boolean) => {
    const found = place.querySelector<HTMLElement>(`[data-notify-${part}]`);
    if (found) found.hidden = !shown;
  };
  say("ask", Notification.permission === "default");
  say("on", Notification.permission === "granted");
  say("off", Notification.permission === "denied");
}

/** The counts of the rail came: tell what is newest, once, and only where nobody looks. */
function tell(counted: HTMLElement): void {
  const { event, words, address } = counted.dataset;
  if (!event || !words || !notifies()) return;
  const last = Number(localStorage.getItem("told") ?? 0);
  if (Number(event) <= last) return;
  localStorage.setItem("told", event); // one of several open pages tells it
  if (!document.hidden) return;
  const shown = new Notification(words, { tag: `notice-${event}`, lang: document.documentElement.lang });
  shown.addEventListener("click", () => {
    window.focus();
    if (address) window.location.assign(address);
    shown.close();
  });
}

export function notify(): void {
  showHow();
  document.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-notify-ask]")) return;
    void Notification.requestPermission().then(showHow);
  });
  document.body.addEventListener("htmx:oobAfterSwap", () => {
    const counted = document.getElementById("count-notices");
    if (counted) tell(counted);
  });
}
