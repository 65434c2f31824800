// The chats of whoever sits here stand beside the one that is open, with how long each customer waits for a word.
import htmx from "htmx.org";

const EVERY = 20_000; // a window that was closed tells nobody, and waiting goes on

const place = () => document.getElementById("asked-of-me");
const strip = () => place()?.querySelector<HTMLElement>(".talks") ?? null;

/** Whoever waits longest beside the open chat; where nobody waits, another one that goes on. */
export function nextTalk(): HTMLElement | null {
  const others = (what: string) => strip()?.querySelector<HTMLElement>(`li:not([hidden]) > ${what}`) ?? null;
  return others("a[data-waits]") ?? others("a");
}

/** Leave the open one out, and show the others also in the conversation, where a narrow page shows that alone. */
function show(): void {
  const open = document.querySelector<HTMLElement>("[data-complaint]")?.dataset.complaint;
  const all = strip();
  for (const entry of all?.querySelectorAll<HTMLElement>("[data-talk]") ?? []) entry.hidden = entry.dataset.talk === open;
  if (all) all.hidden = !all.querySelector("li:not([hidden])");
  const here = document.getElementById("talks-here");
  here?.replaceChildren();
  if (!all || !here) return;
  const copy = all.cloneNode(true) as HTMLElement;
  for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
  here.append(copy);
  htmx.process(here);
}

function again(): void {
  const from = place();
  if (from && strip() && !document.hidden) htmx.trigger(from, "changed-talks", {});
}

export function talks(): void {
  const swapped = (event: Event) => {
    const target = (event as CustomEvent).detail.target as HTMLElement;
    if (target.id !== "asked-of-me" && target.id !== "focus") return;
    show();
    if (target.id === "focus") again(); // another one is in focus now, and read
  };
  for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) document.addEventListener(name, swapped);
  document.body.addEventListener("present", (event) => {
    const { numbers } = (event as CustomEvent).detail as { numbers: number[] };
    if (numbers.some((number) => strip()?.querySelector(`[data-talk="${number}"]`))) again();
  });
  document.addEventListener("visibilitychange", again);
  setInterval(again, EVERY);
}
