// Choosing several complaints of the list. What is chosen outlives the drawing anew of the list.

const chosen = new Set<string>();
let last: HTMLInputElement | undefined;

const boxes = () => [...document.querySelectorAll<HTMLInputElement>("#list [data-choose]")];

function show(): void {
  for (const box of boxes()) box.checked = chosen.has(box.value);
  const bar = document.getElementById("together");
  const pane = bar?.closest(".pane-list");
  if (!bar || !pane) return;
  bar.hidden = chosen.size === 0;
  pane.classList.toggle("has-chosen", chosen.size > 0);
  const said = bar.querySelector<HTMLElement>("[data-part=chosen]");
  if (!said) return;
  const digits = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: false });
  const words = (chosen.size === 1 ? said.dataset.one : said.dataset.some) ?? "%";
  said.textContent = chosen.size ? words.replace("%", digits.format(chosen.size)) : "";
}

/** Only what the list still holds can be chosen: the form sends the boxes on the page. */
function forgetGone(): void {
  const there = new Set(boxes().map((box) => box.value));
  for (const number of chosen) if (!there.has(number)) chosen.delete(number);
}

function put(box: HTMLInputElement, on: boolean): void {
  if (on) chosen.add(box.value);
  else chosen.delete(box.value);
}

export function chooseNone(): boolean {
  const some = chosen.size > 0;
  chosen.clear();
  show();
  return some;
}

/** Choose the row under the keys, or let it go. */
export function chooseRow(row: HTMLElement | null | undefined): void {
  const box = row?.closest(".row-item")?.querySelector<HTMLInputElement>("[data-choose]");
  if (!box) return;
  put(box, !chosen.has(box.value));
  last = box;
  show();
}

/** Say whether anything is chosen; with nothing chosen, choose the row that is given. */
export function chooseAtLeast(row: HTMLElement | null | undefined): boolean {
  if (!chosen.size) chooseRow(row);
  return chosen.size > 0;
}

export function choosing(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const box = target.closest<HTMLInputElement>("[data-choose]");
    if (box) {
      put(box, box.checked);
      const all = boxes();
      const from = last?.isConnected ? all.indexOf(last) : -1;
      if (event.shiftKey && from >= 0) {
        const to = all.indexOf(box);
        for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) put(one, box.checked);
      }
      last = box;
      show();
    } else if (target.closest("[data-choose-all]")) {
      for (const one of boxes()) put(one, true);
      show();
    } else if (target.closest("[data-choose-none]")) {
      chooseNone();
    } else if (target.closest("[data-choosing-button]")) {
      const button = target.closest<HTMLElement>("[data-choosing-button]");
      const on = button?.getAttribute("aria-pressed") !== "true";
      button?.setAttribute("aria-pressed", String(on));
      button?.closest(".pane-list")?.classList.toggle("is-choosing", on);
      if (!on) chooseNone();
    }
  });
  document.addEventListener("done-together", () => chooseNone());
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = (event as CustomEvent).detail.target as HTMLElement;
    if (target.id !== "list" && !target.closest("#list")) return;
    forgetGone();
    show();
  });
  show();
}
