// Words of a message that somebody selected, quoted in the composer where its writer is.
import { write } from "./writing";

const WORDS = "#timeline .said :is(.words, .quoted)";
const FIELD = "form[data-composer] textarea[name=text]";

const fieldOf = () => document.querySelector<HTMLTextAreaElement>(FIELD);

/** Set words as lines of a quote, without the empty ones: a sign alone has no direction. */
export function asQuote(words: string): string {
  return words
    .split(/[\r\n]+/)
    .filter((line) => line.trim())
    .map((line) => `> ${line.trim()}`)
    .join("\n");
}

/** Put a quote between what stands before and after the caret: an empty line on both sides, and where one writes on. */
export function putIn(before: string, after: string, words: string): { text: string; caret: number } {
  const gap = /^\s*$/.test(before) ? "" : before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const head = `${gap ? before : before.replace(/^\s+$/, "")}${gap}${asQuote(words)}\n\n`;
  return { text: head + after.replace(/^\n+/, ""), caret: head.length };
}

function home(node: Node | null): Element | null {
  return (node instanceof Element ? node : (node?.parentElement ?? null))?.closest(WORDS) ?? null;
}

export interface Chosen {
  words: string;
  range: Range;
}

/** What is selected in a message; of several messages what is selected in the first one. */
export function chosen(): Chosen | undefined {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return undefined;
  const range = selection.getRangeAt(0).cloneRange();
  const place = home(range.startContainer);
  if (!place) return undefined;
  const inside = place.contains(range.endContainer);
  if (!inside) range.setEnd(place, place.childNodes.length); // three clicks go on to where the next message begins
  const words = (inside ? selection.toString() : range.toString()).trim();
  return words ? { words, range } : undefined;
}

/** Quote what is selected; tell whether anything was. */
export function quote(): boolean {
  const what = chosen();
  const field = fieldOf();
  if (!what || !field) return false;
  // Who has not been in the field yet writes on behind the draft.
  const [start, end] = field.dataset.entered ? [field.selectionStart, field.selectionEnd] : [field.value.length, field.value.length];
  const { text, caret } = putIn(field.value.slice(0, start), field.value.slice(end), what.words);
  getSelection()?.removeAllRanges();
  write(field, text, 0, field.value.length);
  field.setSelectionRange(caret, caret);
  return true;
}

/** Where the selected words stand, if it is a message of the customer: what others said is no fact of theirs. */
export function messageOf(what: Chosen): string | undefined {
  return home(what.range.startContainer)?.closest(".turn-customer")?.id.replace("said-", "");
}

function follow(button: HTMLElement): void {
  const what = fieldOf() ? chosen() : undefined;
  button.hidden = !what;
  if (!what) return;
  const pinning = document.getElementById("pin-button");
  if (pinning) pinning.hidden = !messageOf(what);
  const box = what.range.getBoundingClientRect();
  const fingers = matchMedia("(pointer: coarse)").matches; // whose own menu stands above the words
  const above = box.top - button.offsetHeight - 6;
  const top = !fingers && above > 8 ? above : Math.min(box.bottom + 8, innerHeight - button.offsetHeight - 8);
  const left = box.left + box.width / 2 - button.offsetWidth / 2;
  button.style.top = `${Math.max(8, top)}px`;
  button.style.left = `${Math.min(Math.max(8, left), innerWidth - button.offsetWidth - 8)}px`;
}

export function quoting(): void {
  const button = document.querySelector<HTMLElement>("#quote-buttons");
  if (!button) return;
  let frame = 0;
  const soon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => follow(button));
  };
  for (const event of ["selectionchange", "pointerup", "htmx:afterSwap"]) document.addEventListener(event, soon);
  document.addEventListener("scroll", soon, { capture: true, passive: true });
  button.addEventListener("mousedown", (event) => event.preventDefault()); // which would select nothing any more
  document.getElementById("quote-button")?.addEventListener("click", () => quote());
  document.addEventListener("focusin", (event) => {
    const field = event.target as HTMLElement;
    if (field.matches(FIELD)) field.dataset.entered = "yes";
  });
}
