import htmx from "htmx.org";
import { write } from "./writing";

/** A slash at the beginning of a line opens the saved answers; it is no word of the reply. */
function slash(): void {
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLTextAreaElement;
    if (!field.matches("form[data-composer][data-mode=reply] textarea[name=text]")) return;
    const place = field.selectionEnd;
    if ((event as InputEvent).data !== "/" || !/(^|\n)\/$/.test(field.value.slice(0, place))) return;
    const menu = field.form?.querySelector<HTMLElement>("[data-answers]")?.dataset.answers;
    if (!menu) return;
    write(field, "", place - 1, place);
    void htmx.ajax("get", menu, { target: "#sheet" });
  });
}

/** The blocks of a saved answer that are ticked, with an empty line between them. */
function parts(target: Element): string {
  const answer = target.closest("[data-puts-in-parts]")?.closest("[data-parts]");
  const ticked = answer?.querySelectorAll<HTMLInputElement>("input[type=checkbox]:checked") ?? [];
  return Array.from(ticked, (box) => box.value).join("\n\n");
}

// A sentence that is proposed goes into the reply where the writer is, and stays theirs to change.
export function proposals(): void {
  slash();
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const words = target.closest<HTMLElement>("[data-puts-in]")?.dataset.putsIn ?? parts(target);
    const field = document.querySelector<HTMLTextAreaElement>("form[data-composer] textarea[name=text]");
    if (!words || !field) return;
    const from = field.selectionEnd;
    const [before, after] = [field.value.slice(0, from), field.value.slice(from)];
    const gap = before && !/\s$/.test(before) ? " " : "";
    write(field, `${gap}${words}${after && !/^\s/.test(after) ? " " : ""}`, from, from);
    const place = from + gap.length + words.length;
    field.setSelectionRange(place, place);
  });
}
