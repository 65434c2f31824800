// The palette: one field that finds every action and complaint.
import htmx from "htmx.org";
import { actByKey } from "./keys";

export function palette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#palette");
  const words = document.querySelector<HTMLInputElement>("#palette-words");
  const found = document.querySelector<HTMLElement>("#palette-found");
  if (!dialog || !words || !found) return;

  const choices = () => [...found.querySelectorAll<HTMLElement>("[role=option]")];
  const choose = (index: number) => {
    const all = choices();
    all.forEach((choice, place) => choice.setAttribute("aria-selected", String(place === index)));
    const chosen = all[index];
    if (chosen) {
      words.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else words.removeAttribute("aria-activedescendant");
  };
  const chosen = () => choices().findIndex((choice) => choice.getAttribute("aria-selected") === "true");

  const open = () => {
    if (dialog.open) return dialog.close();
    words.value = "";
    // Actions on the open complaint come with it: the server is told which one it is.
    const number = document.querySelector<HTMLElement>("[data-complaint]")?.dataset.complaint ?? "";
    words.setAttribute("hx-vals", JSON.stringify({ number }));
    dialog.showModal();
    htmx.trigger(words, "open", {});
  };

  document.addEventListener("palette", open);
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-palette-button]")) open();
    else if (target === dialog || target.closest("#palette [role=option]")) dialog.close();
    const key = target.closest<HTMLElement>("#palette [data-key]")?.dataset.key;
    if (key) actByKey(key); // after the palette is closed: the act may open a sheet
  });
  dialog.addEventListener("htmx:afterSettle", () => choose(0));
  words.addEventListener("keydown", (event) => {
    const all = choices();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      choose((chosen() + by + all.length) % Math.max(all.length, 1));
    } else if (event.key === "Escape") {
      event.preventDefault(); // which would only empty the field
      dialog.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      all[chosen()]?.click();
    }
  });
}
