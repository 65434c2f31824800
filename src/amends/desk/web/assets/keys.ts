// Keys by their place on the keyboard (event.code), so that Persian and Cyrillic layouts work alike. Those without Ctrl
// can be switched off (who speaks to a computer, or hits keys by chance, needs that), and are asleep while one types.
import { chooseAtLeast, chooseNone, chooseRow } from "./choosing";
import { quote } from "./quoting";
import { nextTalk } from "./talks";
import { undo } from "./undoing";

const OFF = "amends-single-keys-off";

function typing(target: EventTarget | null): boolean {
  // A field that has just gone with its dialog holds the keys until the next frame is drawn: nobody types in it.
  if (!(target instanceof HTMLElement) || !target.getClientRects().length) return false;
  if (target instanceof HTMLInputElement && /^(checkbox|radio|button|submit)$/.test(target.type)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

const rows = () => [...document.querySelectorAll<HTMLAnchorElement>("#list .row")];

/** The row that has the focus, else the one that is open. */
function rowInHand(): HTMLAnchorElement | null {
  const focused = document.activeElement?.closest(".row-item")?.querySelector<HTMLAnchorElement>(".row");
  return focused ?? document.querySelector<HTMLAnchorElement>('#list .row[aria-current="true"]');
}

/** Go to the next or the previous complaint of the list; with several being chosen, only the focus goes. */
function step(by: 1 | -1): void {
  const all = rows();
  if (!all.length) return;
  const now = all.indexOf(rowInHand() as HTMLAnchorElement);
  const next = all[now === -1 ? (by === 1 ? 0 : all.length - 1) : now + by];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  if (!document.querySelector(".has-chosen")) next.click();
}

function click(selector: string): boolean {
  const found = document.querySelector<HTMLElement>(selector);
  found?.click();
  return found !== null;
}

/** Do something to the chosen ones, or to the row in hand. */
function together(name: string): void {
  if (chooseAtLeast(rowInHand())) click(`[data-together="${name}"]`);
}

/** A sheet on the open complaint, by the word that its button has in the page. */
function sheet(name: string): void {
  const open = document.querySelector<HTMLElement>("[data-complaint]");
  if (open && !document.querySelector(".has-chosen")) click(`#conversation [hx-get$="/sheet/${name}/"]`);
}

const several = () => document.querySelector(".has-chosen") !== null;

const PLAIN: Record<string, () => void> = {
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  KeyG: () => nextTalk()?.click(),
  KeyR: () => click("[data-mode-button=reply]"),
  KeyN: () => click("[data-mode-button=note]"),
  KeyP: () => sheet("put-right"),
  KeyB: () => sheet("bring-in"),
  KeyC: () => sheet("call"),
  KeyA: () => (several() ? together("hand-over") : sheet("hand-over")),
  KeyE: () => (several() ? together("close") : sheet("close")),
  KeyS: () => (several() ? together("snooze") : sheet("snooze")),
  KeyT: () => (several() ? together("tag") : sheet("tag")),
  KeyX: () => {
    if (!rowInHand()) rows()[0]?.focus(); // so that J goes on from it
    chooseRow(rowInHand());
  },
  KeyM: () => together("read"),
  KeyW: () => together("watch"),
  KeyQ: () => quote(),
  KeyZ: () => void undo(),
  KeyV: () => document.getElementById("views")?.togglePopover(),
  KeyF: () => click("#narrow-button"),
  KeyD: () => click("[data-theme-button]"),
};

/** What the palette chooses is the same act as its key. */
export function actByKey(code: string): void {
  PLAIN[code]?.();
}

const switchedOff = () => localStorage.getItem(OFF) === "yes";

function theSwitch(): void {
  const box = document.querySelector<HTMLInputElement>("[data-single-keys]");
  if (!box) return;
  box.checked = !switchedOff();
  box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "no" : "yes"));
}

function moveInViews(event: KeyboardEvent): boolean {
  const views = document.querySelector<HTMLElement>("#views:popover-open");
  if (!views || (event.code !== "ArrowDown" && event.code !== "ArrowUp")) return false;
  const ways = [...views.querySelectorAll<HTMLElement>(".way")];
  const now = ways.indexOf(document.activeElement as HTMLElement);
  ways[(now + (event.code === "ArrowDown" ? 1 : -1) + ways.length) % ways.length]?.focus();
  return true;
}

function withControl(event: KeyboardEvent): boolean {
  if (event.code === "KeyK") {
    document.dispatchEvent(new CustomEvent("palette"));
    return true;
  }
  if (event.code !== "Enter" && event.code !== "NumpadEnter") return false;
  const form =
    (event.target as Element).closest?.<HTMLFormElement>("form[data-ctrl-enter]") ??
    document.querySelector<HTMLFormElement>("dialog[open] form[data-ctrl-enter], form[data-composer]");
  form?.requestSubmit();
  return form !== null;
}

function plain(event: KeyboardEvent): boolean {
  if (event.code === "Escape") return chooseNone();
  if (switchedOff()) return false;
  // '/' and '?' stand elsewhere on many layouts: their sign counts there, their place otherwise.
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) {
    document.getElementById("keys")?.togglePopover();
    return true;
  }
  if (event.key === "/" || event.code === "Slash") {
    document.querySelector<HTMLInputElement>("#search")?.focus();
    return true;
  }
  const act = event.shiftKey ? undefined : PLAIN[event.code];
  act?.();
  return act !== undefined;
}

export function keys(): void {
  theSwitch();
  document.getElementById("views")?.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "open") return;
    const views = event.target as HTMLElement;
    (views.querySelector<HTMLElement>('[aria-current="page"]') ?? views.querySelector<HTMLElement>(".way"))?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const control = event.ctrlKey || event.metaKey;
    const done = control
      ? withControl(event)
      : moveInViews(event) ||
        (!event.altKey && !typing(event.target) && !document.querySelector("dialog[open]") && plain(event));
    if (done) event.preventDefault();
  });
}
