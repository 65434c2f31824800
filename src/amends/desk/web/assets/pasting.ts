// Pictures that are pasted or dropped into the composer, and files that are chosen for it, are laid into the draft on
// the server at once: they are shown, can be taken out, outlive the page, and go out with the reply.
import { csrf } from "./ground";

const away = new Set<string>(); // files that are on their way with a reply
const shown = new WeakSet<HTMLFormElement>();

function formOf(target: EventTarget | null): HTMLFormElement | undefined {
  const form = target instanceof Element ? target.closest<HTMLFormElement>("form[data-composer]") : null;
  return form && form.dataset.mode !== "note" ? form : undefined;
}

function placeOf(form: HTMLFormElement): HTMLElement | null {
  return form.querySelector<HTMLElement>("[data-part=draft-files]");
}

function say(form: HTMLFormElement, words: string): void {
  const place = form.querySelector<HTMLElement>("[data-part=file-names]");
  if (place) place.textContent = words;
}

function take(form: HTMLFormElement, html: string): void {
  const place = placeOf(form);
  if (!place) return;
  place.innerHTML = html; // house: allow, a template of the desk
  for (const box of place.querySelectorAll("[data-draft-file]")) {
    const kept = box.querySelector<HTMLInputElement>("input[name=kept]");
    if (kept && away.has(kept.value)) box.remove();
  }
  place.hidden = !place.querySelector("[data-draft-file]");
  shown.add(form);
}

type Answer = "laid" | "refused" | "broke";

async function ask(form: HTMLFormElement, address: string, body?: FormData): Promise<Answer> {
  try {
    const answer = await fetch(address, {
      method: body ? "POST" : "GET",
      headers: body ? { "X-CSRFToken": csrf() } : {},
      body,
    });
    const text = await answer.text();
    if (answer.ok) take(form, text);
    else say(form, answer.status === 409 ? text.slice(0, 200) : (placeOf(form)?.dataset.broke ?? ""));
    return answer.ok ? "laid" : answer.status === 409 ? "refused" : "broke";
  } catch (trouble) {
    if (!(trouble instanceof TypeError)) throw trouble;
    say(form, placeOf(form)?.dataset.broke ?? "");
    return "broke";
  }
}

const look = (form: HTMLFormElement) => ask(form, placeOf(form)?.dataset.files ?? "");

async function lay(form: HTMLFormElement, files: readonly File[]): Promise<Answer> {
  const place = placeOf(form);
  if (!place || !files.length) return "broke";
  const body = new FormData();
  for (const file of files) body.append("files", file, file.name);
  const send = form.querySelector<HTMLButtonElement>("button[type=submit]");
  say(form, place.dataset.busy ?? "");
  if (send) send.disabled = true; // nothing leaves without what was just laid in
  const laid = await ask(form, place.dataset.files ?? "", body);
  if (send) send.disabled = false;
  if (laid === "laid") say(form, "");
  return laid;
}

function pasted(event: ClipboardEvent): void {
  const form = formOf(event.target);
  const given = event.clipboardData;
  // Who copies from a page or a table has words beside the picture of them: the words are meant.
  if (!form || !given?.files.length || given.getData("text/plain")) return;
  event.preventDefault();
  void lay(form, [...given.files]);
}

function dropped(event: DragEvent): void {
  const form = formOf(event.target);
  form?.classList.remove("is-over");
  if (!form || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  void lay(form, [...event.dataTransfer.files]);
}

/**
 * Chosen files go the same way. Those that could not be laid in for a line that is down stay in their field and go with
 * the reply itself; one that the desk refused would keep the reply from leaving.
 */
async function chosen(event: Event): Promise<void> {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.dataset.part !== "files" || !input.files?.length) return;
  const form = formOf(input);
  if (form && (await lay(form, [...input.files])) !== "broke") input.value = "";
}

export function pasting(): void {
  document.addEventListener("paste", pasted);
  document.addEventListener("change", (event) => void chosen(event));
  document.addEventListener("dragover", (event) => {
    const form = formOf(event.target);
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    const form = formOf(event.target);
    if (form && !form.contains(event.relatedTarget as Node | null)) form.classList.remove("is-over");
  });
  document.addEventListener("drop", dropped);
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-file-off]");
    const form = formOf(button);
    if (button && form) {
      void ask(form, button.dataset.fileOff ?? "", new FormData()).then(() =>
        form.querySelector<HTMLElement>("[data-file-off], [data-part=field]")?.focus(),
      );
    }
  });
  // Files of a draft are looked for when there is a draft, or when somebody is about to write.
  const begun = (form: HTMLFormElement | undefined) => {
    if (form && !shown.has(form)) {
      shown.add(form);
      void look(form);
    }
  };
  const find = () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-composer]")) {
      if (form.querySelector<HTMLTextAreaElement>("[data-part=field]")?.value) begun(form);
    }
  };
  find();
  document.addEventListener("htmx:afterSwap", find);
  document.addEventListener("focusin", (event) => begun(formOf(event.target)));
  // What is on its way belongs to no draft any more; it comes back with the words when they are taken back.
  document.addEventListener(
    "held",
    (event) => {
      const form = formOf(event.target);
      if (!form) return;
      for (const kept of form.querySelectorAll<HTMLInputElement>("input[name=kept]")) away.add(kept.value);
      take(form, "");
    },
    true,
  );
  document.addEventListener("given-back", (event) => {
    away.clear();
    const form = formOf(event.target);
    if (form) void look(form);
  });
}
