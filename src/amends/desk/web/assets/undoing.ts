// What was done last can be taken back: by the button that says so, by its key, and from the palette.
import htmx from "htmx.org";
import { csrf } from "./ground";

interface Done {
  address: string;
  line: string;
  until: number;
  toast?: HTMLElement;
}

const WITHIN = 10 * 60_000; // as long as the desk takes it back
let done: Done | undefined;

export function remember(address: string, line: string, toast: HTMLElement): void {
  done?.toast?.remove();
  done = { address, line, until: Date.now() + WITHIN, toast };
}

/** Take back what was done last; the desk says what came of it. */
export async function undo(): Promise<void> {
  const one = done;
  done = undefined;
  one?.toast?.remove();
  if (!one || one.until < Date.now()) return;
  await htmx.ajax("post", one.address, {
    values: { line: one.line },
    headers: { "X-CSRFToken": csrf() },
    target: "#sheet",
    source: document.body,
  });
}
