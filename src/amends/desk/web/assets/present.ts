// Who has a complaint open says so while the page is seen, and whether one writes; leaving says goodbye.
import { csrf } from "./ground";

const EVERY = 40_000; // the desk counts on a word within a hundred seconds
const STILL = 15_000; // without a key for so long, one writes no more

let at: HTMLElement | null = null;
let told = "";
let typed = 0;
let writing = false;

const page = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");

function post(address: string, values: Record<string, string>): void {
  const body = new URLSearchParams({ ...values, page });
  // A page that is being left still sends it.
  void fetch(address, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": csrf() } }).catch(() => {});
}

function say(): void {
  if (document.hidden) return;
  const address = at?.dataset.here ?? "";
  if (address) post(address, { writing: writing ? "1" : "" });
  else if (told) leave();
  told = address;
}

function leave(): void {
  const gone = document.body.dataset.gone;
  if (told && gone) post(gone, {});
  told = "";
}

function look(): void {
  const now = document.querySelector<HTMLElement>("[data-here]");
  if (now?.dataset.here === at?.dataset.here) return;
  at = now;
  writing = false;
  say();
}

function write(on: boolean): void {
  if (writing === on) return;
  writing = on;
  say();
}

export function present(): void {
  if (!document.body.dataset.gone) return;
  document.addEventListener("htmx:afterSettle", look);
  document.addEventListener("input", (event) => {
    if (!(event.target as Element).closest("[data-composer]")) return;
    typed = Date.now();
    write(true);
  });
  document.addEventListener("submit", (event) => {
    if ((event.target as Element).closest("[data-composer]")) write(false);
  });
  window.setInterval(() => Date.now() - typed > STILL && write(false), 3_000);
  window.setInterval(say, EVERY);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : say()));
  window.addEventListener("pagehide", leave);
  look();
}
