// Light marks in the composer: buttons and keys that put them, and a preview of how the reply will look. What is typed
// stays plain text, so that the coach's places are those of the field.
import { csrf } from "./ground";
import { type Mark, type Marking, isAddress, linked, marked, nextLine } from "./marking";
import { write } from "./writing";

const DRAW_AFTER = 300;
const KEYS: Record<string, Mark> = { KeyB: "bold", KeyK: "link" };
const KEYS_WITH_SHIFT: Record<string, Mark> = { Digit7: "numbers", Digit8: "list", Digit9: "quote" };

let timer = 0;

/** The field of a reply in which somebody is, or that a button belongs to; notes have no marks. */
function fieldOf(target: EventTarget | null): HTMLTextAreaElement | undefined {
  const form = target instanceof Element ? target.closest<HTMLFormElement>("form[data-composer]") : null;
  if (!form || form.dataset.mode === "note") return undefined;
  return form.querySelector<HTMLTextAreaElement>("[data-part=field]") ?? undefined;
}

function now(field: HTMLTextAreaElement): Marking {
  return { text: field.value, start: field.selectionStart, end: field.selectionEnd };
}

function put(field: HTMLTextAreaElement, next: Marking): void {
  const before = field.value;
  let [from, until] = [0, 0];
  while (from < before.length && before[from] === next.text[from]) from += 1;
  const room = Math.min(before.length, next.text.length) - from;
  while (until < room && before[before.length - 1 - until] === next.text[next.text.length - 1 - until]) until += 1;
  write(field, next.text.slice(from, next.text.length - until), from, before.length - until);
  field.setSelectionRange(next.start, next.end);
}

// -- the preview --------------------------------------------------------------------------------------------------

function previewOf(field: HTMLTextAreaElement): HTMLElement | null {
  return field.form?.querySelector<HTMLElement>("[data-part=preview]") ?? null;
}

async function draw(field: HTMLTextAreaElement, place: HTMLElement): Promise<void> {
  const text = field.value;
  try {
    const answer = await fetch(place.dataset.preview ?? "", {
      method: "POST",
      headers: { "X-CSRFToken": csrf() },
      body: new URLSearchParams({ text }),
    });
    if (answer.ok && text === field.value) place.innerHTML = await answer.text(); // house: allow, cleaned by the desk
  } catch (trouble) {
    if (!(trouble instanceof TypeError)) throw trouble;
  }
}

function show(field: HTMLTextAreaElement, seen: boolean): void {
  const place = previewOf(field);
  if (!place) return;
  place.hidden = !seen;
  field.form?.querySelector("[data-preview-button]")?.setAttribute("aria-expanded", String(seen));
  if (seen) void draw(field, place);
  else place.replaceChildren();
}

// -- what is heard ------------------------------------------------------------------------------------------------

function pressed(event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented || event.altKey) return;
  if (!(event.target instanceof HTMLTextAreaElement)) return;
  const field = fieldOf(event.target);
  if (!field || field !== event.target || !(event.ctrlKey || event.metaKey)) return;
  const mark = (event.shiftKey ? KEYS_WITH_SHIFT : KEYS)[event.code];
  // Ctrl K without chosen words is the palette, here as everywhere.
  if (!mark || (mark === "link" && field.selectionStart === field.selectionEnd)) return;
  event.preventDefault();
  put(field, marked(now(field), mark));
}

function newLine(event: KeyboardEvent): void {
  if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
  if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = fieldOf(event.target);
  if (!field || field !== event.target) return;
  const next = nextLine(now(field));
  if (!next) return;
  event.preventDefault();
  put(field, next);
}

function clicked(event: Event): void {
  const target = event.target as Element;
  const field = fieldOf(target);
  if (!field) return;
  const mark = target.closest<HTMLElement>("[data-mark]")?.dataset.mark as Mark | undefined;
  if (mark) put(field, marked(now(field), mark));
  else if (target.closest("[data-preview-button]")) show(field, previewOf(field)?.hidden === true);
}

/** An address that is pasted over words makes them a link. */
function pasted(event: ClipboardEvent): void {
  const field = fieldOf(event.target);
  if (!field || field !== event.target || event.defaultPrevented) return;
  const address = event.clipboardData?.getData("text/plain").trim() ?? "";
  const chosen = field.value.slice(field.selectionStart, field.selectionEnd).trim();
  if (!chosen || chosen.includes("\n") || isAddress(chosen) || !isAddress(address)) return;
  event.preventDefault();
  put(field, linked(now(field), address));
}

export function formatting(): void {
  document.addEventListener("keydown", pressed, true); // before the keys of the desk
  document.addEventListener("keydown", newLine);
  document.addEventListener("click", clicked);
  document.addEventListener("paste", pasted);
  document.addEventListener("input", (event) => {
    const field = fieldOf(event.target);
    const place = field && field === event.target ? previewOf(field) : null;
    if (!field || !place || place.hidden) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => void draw(field, place), DRAW_AFTER);
  });
  document.addEventListener(
    "held",
    (event) => {
      const field = fieldOf(event.target);
      if (field) show(field, false);
    },
    true,
  );
}
