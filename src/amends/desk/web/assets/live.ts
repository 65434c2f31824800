// Live updates: the desk says which complaints changed; lists and the open conversation draw themselves again.
import htmx from "htmx.org";

import { notifies } from "./notify";
import { CALM, type Nearness, Pace } from "./pace";

interface Changes {
  numbers: number[];
  owners: number[];
  teams?: number[];
  moved?: boolean; // one of them may have been another team's, or another person's, before
  everything?: boolean;
  calm?: number; // seconds, where many pages are open
}

const LONGEST_PAUSE = 30_000;

const list = () => document.getElementById("list");
const isDrawing = (elt: Element) => elt.id === "list" || elt.classList.contains("rail");

/** Draw the list at once where it is about the reader, and now and then where it is not: many may look at one desk. */
function drawing(): Pace {
  const pace = new Pace(
    (whole) => htmx.trigger(document.body, whole ? "changed" : "changed-elsewhere", {}),
    () => list()?.dataset.of === "me",
    () => document.hidden,
    {
      now: () => Date.now(),
      after: (milliseconds, act) => window.setTimeout(act, milliseconds),
      not: (timer) => clearTimeout(timer),
      chance: Math.random,
    },
  );
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = (event as CustomEvent).detail as { elt: Element };
    if (isDrawing(elt)) pace.ask(elt.id === "list");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (isDrawing((event as CustomEvent).detail.elt as Element)) pace.hasAnswer();
  });
  document.addEventListener("visibilitychange", () => !document.hidden && pace.see());
  return pace;
}

interface Drawn {
  upTo: number; // the event up to which the page was drawn
}

/** A list that is drawn anew brings what stands around it, and only where something is otherwise than the page has it. */
function drawnOnce(): Drawn {
  const drawn: Drawn = { upTo: Number(document.getElementById("panes")?.dataset.newest ?? 0) };
  let shown = ""; // the name of the answer that the page shows as it came
  let wasLeft = false; // a part of it was not put in, for it is in somebody's hand
  const isAnew = (asked?: Asked) => asked?.elt.id === "list" && asked.triggeringEvent?.type === "changed";
  const views = () => document.querySelector<HTMLElement>("#views:popover-open");

  document.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent).detail as Asked & {
      parameters: Record<string, string>;
      headers: Record<string, string>;
    };
    // The counts of a menu that is closed are asked for when it opens.
    if (detail.triggeringEvent?.type === "changed-elsewhere" && !views()) delete detail.parameters.menu;
    if (!isAnew(detail)) return;
    detail.parameters.around = "1";
    const menu = views()?.querySelector<HTMLInputElement>("input[name=menu]");
    if (menu) detail.parameters.menu = menu.value;
    if (shown) detail.headers["If-None-Match"] = shown;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = (event as CustomEvent).detail as Swap;
    if (detail.xhr.status === 304) {
      detail.shouldSwap = false;
      return;
    }
    wasLeft = false;
    if (isDrawing(detail.requestConfig.elt) || detail.target.closest("#list, #asked-of-me")) shown = "";
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (!((event as CustomEvent).detail as Swap).shouldSwap) wasLeft = true;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const detail = (event as CustomEvent).detail as Swap;
    if (isAnew(detail.requestConfig) && !wasLeft) shown = detail.xhr.getResponseHeader("ETag") ?? "";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr } = (event as CustomEvent).detail as { xhr: XMLHttpRequest };
    drawn.upTo = Math.max(drawn.upTo, Number(xhr.getResponseHeader("Amends-Newest") ?? 0));
  });
  document.addEventListener(
    "toggle",
    (event) => {
      if ((event.target as Element).id !== "views" || (event as ToggleEvent).newState !== "open") return;
      htmx.trigger(document.body, "changed-elsewhere", {});
    },
    true,
  );
  return drawn;
}

interface Asked {
  elt: Element;
  triggeringEvent?: Event;
}

interface Swap {
  target: Element;
  shouldSwap: boolean;
  requestConfig: Asked;
  xhr: XMLHttpRequest;
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
  const pace = drawing();
  const drawn = drawnOnce();
  let heard = page?.dataset.newest ?? "";
  let source: EventSource | undefined;
  let pause = 1_000;
  let again = 0;

  const show = (offline: boolean) => {
    const bar = document.getElementById("offline");
    if (bar) bar.hidden = !offline;
    document.body.classList.toggle("is-offline", offline);
  };
  const near = ({ numbers, owners, teams, moved, everything }: Changes, last: number): Nearness => {
    if (everything) return "seen";
    if (last <= drawn.upTo) return "again"; // or one of them came late, and was not seen yet when that was drawn
    if (owners.includes(Number(page?.dataset.me))) return "mine";
    const there = (number: number) => document.querySelector(`[data-number="${number}"], [data-complaint="${number}"]`);
    if (numbers.some(there)) return "seen";
    const team = page?.dataset.team;
    const holdsAll = !page || list()?.dataset.of === "all" || !team;
    return holdsAll || moved || !teams || teams.includes(Number(team)) ? "near" : "far";
  };

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
      pace.hear(near(changes, Number(heard)), Math.max(CALM, (changes.calm ?? 0) * 1_000));
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
