// A sentence that is proposed goes into the reply where the writer is, and stays theirs to change.
export function proposals(): void {
  document.addEventListener("click", (event) => {
    const words = (event.target as Element).closest<HTMLElement>("[data-puts-in]")?.dataset.putsIn;
    const field = document.querySelector<HTMLTextAreaElement>("form[data-composer] textarea[name=text]");
    if (!words || !field) return;
    const before = field.value.slice(0, field.selectionEnd);
    const after = field.value.slice(field.selectionEnd);
    const gap = before && !/\s$/.test(before) ? " " : "";
    field.value = `${before}${gap}${words}${after && !/^\s/.test(after) ? " " : ""}${after}`;
    const place = before.length + gap.length + words.length;
    field.focus();
    field.setSelectionRange(place, place);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
