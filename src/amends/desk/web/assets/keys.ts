// Keys by their place on the keyboard (event.code), so that Persian and Cyrillic layouts work alike.

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Go to the next or the previous complaint of the list. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLAnchorElement>("#list .row")];
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = rows[now === -1 ? (by === 1 ? 0 : rows.length - 1) : now + by];
  next?.click();
  next?.scrollIntoView({ block: "nearest" });
}

function click(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click();
}

function plainKey(code: string): (() => void) | undefined {
  switch (code) {
    case "KeyJ":
      return () => step(1);
    case "KeyK":
      return () => step(-1);
    case "KeyR":
      return () => click("[data-mode-button=reply]");
    case "KeyN":
      return () => click("[data-mode-button=note]");
    default:
      return undefined;
  }
}

export function keys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
      event.preventDefault();
      document.dispatchEvent(new CustomEvent("palette"));
      return;
    }
    if ((event.ctrlKey || event.metaKey) && (event.code === "Enter" || event.code === "NumpadEnter")) {
      const form =
        (event.target as Element).closest?.<HTMLFormElement>("form[data-ctrl-enter]") ??
        document.querySelector<HTMLFormElement>("dialog[open] form[data-ctrl-enter], form[data-composer]");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    // '/' and '?' stand elsewhere on many layouts: their sign counts there, their place otherwise.
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) {
      event.preventDefault();
      document.getElementById("keys")?.togglePopover();
    } else if (event.key === "/" || event.code === "Slash") {
      event.preventDefault();
      document.querySelector<HTMLInputElement>("#search")?.focus();
    } else {
      const act = event.shiftKey ? undefined : plainKey(event.code);
      if (act) {
        event.preventDefault();
        act();
      }
    }
  });
}
