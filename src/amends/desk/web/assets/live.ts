// Live updates: the desk says which complaints changed; lists and the open conversation draw themselves again.
import htmx from "htmx.org";

import { notifies } from "./notify";

interface Changes {
  numbers: number[];
  owners: number[];
  everything?: boolean;
  calm?: number; // seconds, where many pages are open
}

const LONGEST_PAUSE = 30_000;
const CALM = 4_000; // between two drawings of a list for the sake of others' complaints, and as much again by chance
const OWN_CALM = 180_000; // of a list of one's own, in which they change nothing but how long ago things were

/** Draw the list at once where it is about the reader, and now and then where it is not: many may look at one desk. */
function drawing(): (urgent: boolean, changes: Changes) => void {
  let last = 0;
  let lastWhole = 0;
  let waiting = 0;
  const draw = (changes: Changes, urgent = false) => {
    clearTimeout(waiting);
    waiting = 0;
    last = Date.now();
    const isOwn = document.querySelector("#list[data-own]") !== null;
    const whole = urgent || !isOwn || last - lastWhole >= OWN_CALM;
    if (whole) lastWhole = last;
    htmx.trigger(document.body, whole ? "changed" : "changed-elsewhere", changes);
  };
  return (urgent, changes) => {
    const calm = Math.max(CALM, (changes.calm ?? 0) * 1_000);
    const rest = last + calm - Date.now();
    // Where hundreds of pages are open they do not all begin in the moment in which something happens.
    if (urgent || (rest <= 0 && calm === CALM)) draw(changes, urgent);
    else waiting ||= window.setTimeout(() => draw(changes), Math.max(rest, 0) + Math.random() * calm);
  };
}

interface Asked {
  elt: Element;
  triggeringEvent?: Event;
}

/** What is drawn again waits while a menu in it is open or a button in it is held down: nothing is taken from under a hand. */
function leaveWhatIsInHand(): void {
  let asked: Asked | undefined;
  let pressed: Node | null = null;
  let later: (() => void)[] = [];
  document.addEventListener("pointerdown", (event) => (pressed = event.target as Node), true);
  const release = () =>
    // The click comes after the release.
    setTimeout(() => {
      pressed = null;
      const waiting = later;
      later = [];
      for (const draw of waiting) draw();
    });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, release, true);
  const waits = (target: Element): boolean => {
    const { elt, triggeringEvent } = asked ?? {};
    if (!elt || !triggeringEvent?.type.startsWith("changed")) return false;
    if (target.contains(pressed)) {
      later.push(() => htmx.trigger(elt, triggeringEvent.type, {}));
      return true;
    }
    const menu = target.querySelector(":popover-open");
    if (!menu || menu.contains(elt)) return false;
    menu.addEventListener("toggle", () => htmx.trigger(elt, triggeringEvent.type, {}), { once: true });
    return true;
  };
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const detail = (event as CustomEvent).detail as { target: Element; shouldSwap: boolean; requestConfig: Asked };
    asked = detail.requestConfig;
    if (waits(detail.target)) detail.shouldSwap = false;
  });
  // The head of a conversation comes along with its timeline.
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const detail = (event as CustomEvent).detail as { target: Element; shouldSwap: boolean };
    if (waits(detail.target)) detail.shouldSwap = false;
  });
}

/** Listen while the page is seen, or while the browser is to show notices; tell the page's parts by events of their own names. */
export function live(): void {
  const address = document.body.dataset.live;
  if (!address) return;
  leaveWhatIsInHand();
  const page = document.getElementById("panes");
  const draw = drawing();
  let heard = page?.dataset.newest ?? "";
  let source: EventSource | undefined;
  let pause = 1_000;
  let again = 0;

  const show = (offline: boolean) => {
    const bar = document.getElementById("offline");
    if (bar) bar.hidden = !offline;
    document.body.classList.toggle("is-offline", offline);
  };
  const concerns = ({ numbers, owners }: Changes) =>
    owners.includes(Number(page?.dataset.me)) ||
    numbers.some((number) => document.querySelector(`[data-number="${number}"], [data-complaint="${number}"]`));

  const listen = () => {
    clearTimeout(again);
    source?.close();
    // Where the page stopped hearing, so that whichever process answers tells what was missed.
    source = new EventSource(heard ? `${address}?after=${heard}` : address);
    source.addEventListener("here", (event) => {
      heard = event.lastEventId || heard;
      pause = 1_000;
      show(false);
      const open = document.querySelector<HTMLElement>("[data-complaint]")?.dataset.complaint;
      if (open) htmx.trigger(document.body, `present-${open}`, {});
    });
    source.addEventListener("changed", (event) => {
      heard = event.lastEventId || heard;
      const changes = JSON.parse(event.data as string) as Changes;
      draw(changes.everything || concerns(changes), changes);
      for (const number of changes.numbers) htmx.trigger(document.body, `changed-${number}`, {});
      const open = document.querySelector<HTMLElement>("[data-complaint]")?.dataset.complaint;
      if (changes.everything && open) htmx.trigger(document.body, `changed-${open}`, {});
    });
    source.addEventListener("present", (event) => {
      const { numbers } = JSON.parse(event.data as string) as { numbers: number[] };
      for (const number of numbers) htmx.trigger(document.body, `present-${number}`, {});
      htmx.trigger(document.body, "present", { numbers });
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
  window.addEventListener("online", listen);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(again);
    if (!document.hidden) listen();
    else if (!notifies()) source?.close();
  });
  window.addEventListener("pagehide", () => source?.close());
  document.addEventListener("htmx:sendError", () => show(true));
  listen();
}
