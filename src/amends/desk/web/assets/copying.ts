// Something that is shown once, to be copied: the button beside it takes it along and says so.

async function copy(button: HTMLButtonElement, field: HTMLInputElement): Promise<void> {
  field.select();
  if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
  else if (!document.execCommand("copy")) return; // the words stay chosen, so that they are copied by hand
  const said = button.querySelector<HTMLElement>("[data-copy-words]");
  if (said) said.textContent = button.dataset.copied ?? "";
}

/** The buttons are hidden where no program runs. */
export function copying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const field = document.getElementById(button.dataset.copy ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => void copy(button, field).catch(() => field.select()));
  }
}
