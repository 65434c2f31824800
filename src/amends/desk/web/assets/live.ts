// Live updates: the desk says which complaints changed; lists and the open conversation draw themselves again.
import htmx from "htmx.org";

interface Changes {
  numbers: number[];
}

const LONGEST_PAUSE = 30_000;

/** Listen while the page is seen; tell the page's parts by events of their own names. */
export function live(): void {
  const address = document.body.dataset.live;
  if (!address) return;
  let source: EventSource | undefined;
  let pause = 1_000;
  let again = 0;

  const show = (offline: boolean) => {
    const bar = document.getElementById("offline");
    if (bar) bar.hidden = !offline;
    document.body.classList.toggle("is-offline", offline);
  };

  const listen = () => {
    source?.close();
    source = new EventSource(address);
    source.addEventListener("open", () => {
      if (pause > 1_000) htmx.trigger(document.body, "changed", {}); // something may have happened meanwhile
      pause = 1_000;
      show(false);
    });
    source.addEventListener("changed", (event) => {
      const { numbers } = JSON.parse((event as MessageEvent<string>).data) as Changes;
      htmx.trigger(document.body, "changed", { numbers });
      for (const number of numbers) htmx.trigger(document.body, `changed-${number}`, {});
    });
    source.addEventListener("error", () => {
      source?.close();
      clearTimeout(again);
      again = window.setTimeout(listen, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      if (!navigator.onLine || pause > 4_000) show(true);
    });
  };

  window.addEventListener("offline", () => show(true));
  window.addEventListener("online", () => {
    pause = 2_000;
    listen();
  });
  document.addEventListener("visibilitychange", () => {
    clearTimeout(again);
    if (document.hidden) source?.close();
    else {
      pause = 2_000; // so that opening it draws everything anew
      listen();
    }
  });
  window.addEventListener("pagehide", () => source?.close());
  document.addEventListener("htmx:sendError", () => show(true));
  listen();
}
