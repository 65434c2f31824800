// The three panes: which one a phone shows, side sheets, and where a conversation is opened.
const isPhone = (): boolean => matchMedia("(max-width: 63.99rem)").matches;

function toPane(id: string, smooth = true): void {
  const pane = document.getElementById(id);
  if (pane?.parentElement && isPhone()) {
    pane.scrollIntoView({ inline: "start", block: "nearest", behavior: smooth ? "smooth" : "instant" });
  }
}

/** Begin at the newest words; a new arrival keeps readers at the end where they were there already. */
function toNewest(): void {
  const talk = document.getElementById("talk");
  if (talk) talk.scrollTop = talk.scrollHeight;
}

/** A composer that grows pushes the words up, not out of sight. */
function keepNewest(): void {
  const talk = document.getElementById("talk");
  if (!talk || talk.dataset.kept) return;
  talk.dataset.kept = "yes";
  let atEnd = true;
  talk.addEventListener("scroll", () => {
    atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 40;
  });
  new ResizeObserver(() => {
    if (atEnd) toNewest();
  }).observe(talk);
}

function markRow(number: string | undefined): void {
  for (const row of document.querySelectorAll<HTMLElement>("#list .row")) {
    if (row.dataset.number === number) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** Bring the row that is open into its list's view; on a phone that would turn the page back to the list. */
function showOpenRow(): void {
  if (isPhone()) return;
  document.querySelector("#list .row[aria-current]")?.scrollIntoView({ block: "nearest" });
}

function openSheets(root: ParentNode): void {
  const sheet = root.querySelector<HTMLDialogElement>("dialog.side-sheet:not([open])");
  sheet?.showModal();
}

/**
 * On a phone the composer changes its height as the field gains and loses the focus. A button that is touched leaves it
 * where it is: it would move away under the finger, and the touch would be lost, or meet what lies below. Sending ends it.
 */
function keepField(): void {
  const isField = (element: Element | null) => Boolean(element?.matches("form[data-composer] [data-part=field]"));
  document.addEventListener("mousedown", (event) => {
    const pressed = (event.target as Element).closest("button, label, summary");
    if (isPhone() && pressed?.closest("#conversation") && isField(document.activeElement)) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as Element;
    if (isPhone() && form.matches("form[data-composer]") && isField(document.activeElement)) {
      (document.activeElement as HTMLElement).blur();
    }
  });
}

export function panes(): void {
  keepField();
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const pane = target.closest<HTMLElement>("[data-to-pane]")?.dataset.toPane;
    if (pane) toPane(pane);
    if (target.closest("[data-closes]") || target.matches("dialog.side-sheet")) target.closest("dialog")?.close();
    const shows = target.closest<HTMLElement>("[data-shows]")?.dataset.shows;
    if (shows) {
      const shown = document.getElementById(shows);
      if (shown) {
        shown.hidden = !shown.hidden;
        if (!shown.hidden) shown.querySelector<HTMLElement>("input, textarea, select")?.focus();
      }
    }
  });

  let nearEnd = true;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = (event as CustomEvent).detail.target as HTMLElement;
    const talk = document.getElementById("talk");
    const answer = (event as CustomEvent).detail as { xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean };
    // What stands beside is not drawn anew under a button that waits for its answer: the answer has it drawn then.
    const isBeside = target.classList.contains("person-beside");
    if (isBeside && target.querySelector(".htmx-request")) answer.shouldSwap = false;
    // Another complaint has been opened meanwhile: what came for the one before has no place there.
    if ((isBeside || target.id === "timeline") && !target.isConnected) answer.shouldSwap = false;
    if (target.id === "timeline" && talk) nearEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120;
    if (answer.xhr.status === 422) {
      answer.shouldSwap = true; // a form that comes back with what is wrong
      answer.isError = false;
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = (event as CustomEvent).detail.target as HTMLElement;
    if (target.id === "sheet") openSheets(target);
    if (target.id === "timeline" && nearEnd) toNewest();
    if (target.id === "focus") {
      toNewest();
      keepNewest();
      toPane("conversation");
      markRow(document.querySelector<HTMLElement>("[data-complaint]")?.dataset.complaint);
    }
    if (target.id === "list") markRow(document.querySelector<HTMLElement>("[data-complaint]")?.dataset.complaint);
  });
  document.addEventListener("close-sheet", () => {
    for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) dialog.close();
  });
  document.addEventListener(
    "close",
    (event) => {
      if ((event.target as Element).matches("dialog.side-sheet")) document.getElementById("sheet")?.replaceChildren();
    },
    true,
  );

  // The list of a page that opened with a conversation comes a moment later.
  document.addEventListener("htmx:load", (event) => {
    if (!(event.target as Element).classList.contains("pane-list")) return;
    showOpenRow();
  });

  // A list drawn again keeps its length, and the row that is open its place: the desk is told of both.
  document.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent).detail as { elt: HTMLElement; parameters: Record<string, string> };
    if (detail.elt.id !== "list") return;
    const all = [...document.querySelectorAll<HTMLElement>("#list .row")];
    detail.parameters.shown = String(all.length);
    const place = all.findIndex((row) => row.getAttribute("aria-current") === "true");
    if (place >= 0) Object.assign(detail.parameters, { open: all[place]?.dataset.number ?? "", place: String(place) });
  });

  // Going back in the history shows the page of that address, drawn anew.
  toNewest();
  keepNewest();
  showOpenRow();
  if (document.querySelector("[data-complaint]")) toPane("conversation", false);
}
