// A reply is held for ten seconds in which it can be taken back. It leaves at once when the page is left, and until it
// has left it stays a draft on the server: nothing is lost, whatever happens to this page.
import htmx from "htmx.org";
import { csrf } from "./ground";
import { remember, undo } from "./undoing";

interface Held {
  form: HTMLFormElement;
  address: string;
  body: FormData;
  text: string;
  mode: string; // reply or note
  number: string;
  toast: HTMLElement;
  timer: number;
}

interface Saying {
  words: string;
  line?: string;
  undo?: string;
}

const HOLD = 10_000;
const KEEPALIVE_LIMIT = 60_000; // bytes that a browser still sends while a page is being left
let held: Held | undefined;

function words(name: string): string {
  return document.getElementById("sending-words")?.dataset[name] ?? "";
}

function toast(text: string, action?: { word: string; act: () => void }): HTMLElement {
  const place = document.getElementById("toasts");
  const box = document.createElement("div");
  box.className = "toast-line";
  const line = document.createElement("span");
  line.textContent = text;
  box.append(line);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast-action";
    button.textContent = action.word;
    button.addEventListener("click", action.act);
    box.append(button);
  }
  place?.append(box);
  return box;
}

function fade(box: HTMLElement, after: number): void {
  window.setTimeout(() => box.remove(), after);
}

async function send(reply: Held, leaving = false): Promise<void> {
  clearTimeout(reply.timer);
  if (held === reply) held = undefined;
  try {
    const answer = await fetch(reply.address, {
      method: "POST",
      body: reply.body,
      headers: { "X-CSRFToken": csrf(), "HX-Request": "true" },
      keepalive: leaving,
    });
    reply.toast.remove();
    if (!answer.ok) {
      giveBack(reply, (await answer.text()).slice(0, 400));
      htmx.trigger(document.body, `changed-${reply.number}`, {});
      return;
    }
    if (reply.mode === "reply") reply.form.dispatchEvent(new CustomEvent("sent"));
    const more = answer.status === 200 ? (await answer.text()).slice(0, 400) : ""; // what was to be done after it
    fade(toast(more || words("sent")), more ? 8_000 : 2_500);
    htmx.trigger(document.body, "changed", {});
    htmx.trigger(document.body, `changed-${reply.number}`, {});
  } catch {
    reply.toast.remove();
    giveBack(reply, words("unsent"));
  }
}

/** Put the words back into their composer, if it is still on the page; otherwise the draft on the server has them. */
function giveBack(reply: Held, why: string): void {
  if (why) fade(toast(why), 8_000);
  const field = document.querySelector<HTMLTextAreaElement>(
    `[data-complaint="${reply.number}"] form[data-composer] textarea[name=text]`,
  );
  const { mode } = reply;
  // What was a note comes back as a note: it is never for the customer.
  if (field?.form?.dataset.mode !== mode) field?.form?.querySelector<HTMLElement>(`[data-mode-button=${mode}]`)?.click();
  if (mode === "reply") field?.form?.dispatchEvent(new CustomEvent("given-back", { bubbles: true }));
  // What was begun meanwhile stays, behind the words that come back.
  if (field && !field.value.includes(reply.text)) {
    field.value = [reply.text, field.value].filter((words) => words.trim()).join("\n\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
}

function size(body: FormData): number {
  let bytes = 0;
  for (const [, value] of body) bytes += typeof value === "string" ? new Blob([value]).size + 200 : value.size + 400;
  return bytes;
}

function hold(form: HTMLFormElement): void {
  if (held) void send(held);
  const body = new FormData(form);
  const after = form.querySelector<HTMLInputElement>("input[name=then]");
  if (after) after.value = ""; // the next one is only sent again
  const number = form.dataset.composer ?? "";
  // What is said from here on is not known to the author: it stops the reply.
  const seen = document.querySelector<HTMLElement>(`[data-complaint="${number}"] #timeline`)?.dataset.seen;
  if (seen && form.dataset.mode !== "note") body.set("seen", seen);
  const reply: Held = {
    form,
    address: form.action,
    body,
    text: String(body.get("text") ?? ""),
    mode: form.dataset.mode ?? "reply",
    number,
    timer: 0,
    toast: document.createElement("div"),
  };
  // A note goes to colleagues: there is nothing to take back. What a closing page could not send is sent at once too.
  if (form.dataset.mode === "note" || size(body) > KEEPALIVE_LIMIT) {
    reply.toast = toast(words("sending"));
    form.dispatchEvent(new CustomEvent("held"));
    void send(reply);
    return;
  }
  const bar = document.createElement("span");
  bar.className = "toast-time";
  reply.toast = toast(words("sending"), {
    word: words("undo"),
    act: () => {
      clearTimeout(reply.timer);
      held = undefined;
      reply.toast.remove();
      giveBack(reply, "");
    },
  });
  reply.toast.append(bar);
  reply.timer = window.setTimeout(() => void send(reply), HOLD);
  held = reply;
  form.dispatchEvent(new CustomEvent("held", { detail: { waits: true } }));
}

/** Sentences of the desk: what was done, and what it could not do. */
function sayings(): void {
  document.addEventListener("said", (event) => {
    const { words: said, line, undo: address } = (event as CustomEvent<Saying>).detail;
    if (!said) return;
    if (!line || !address) return fade(toast(said), 4_000);
    // It stays until something else is done, or it is put away: nobody has to hurry.
    const box = toast(said, { word: words("undo"), act: () => void undo() });
    remember(address, line, box);
    const away = document.createElement("button");
    away.type = "button";
    away.className = "toast-away";
    away.setAttribute("aria-label", words("away"));
    away.textContent = "×";
    away.addEventListener("click", () => box.remove());
    box.append(away);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const answer = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
    if (answer.status === 409) fade(toast(answer.responseText.slice(0, 400)), 8_000);
    else if (answer.status !== 422) fade(toast(words("broke")), 8_000);
  });
}

export function sending(): void {
  sayings();
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("form[data-composer]") || event.defaultPrevented) return;
    event.preventDefault();
    if (!new FormData(form).get("text")?.toString().trim()) return;
    hold(form);
  });
  document.addEventListener("click", (event) => {
    const chosen = (event.target as Element).closest<HTMLElement>("[data-then]");
    const form = chosen?.closest("form");
    const after = form?.querySelector<HTMLInputElement>("input[name=then]");
    if (!chosen || !form || !after) {
      // Whoever presses the plain button means no more than that.
      const plain = (event.target as Element).closest<HTMLElement>("form[data-composer] button.send");
      const kept = plain?.closest("form")?.querySelector<HTMLInputElement>("input[name=then]");
      if (kept) kept.value = "";
      return;
    }
    after.value = chosen.dataset.then ?? "";
    chosen.closest<HTMLElement>("[popover]")?.hidePopover();
    form.requestSubmit();
  });
  document.addEventListener("kept-for-later", () => {
    document.querySelector("form[data-composer]")?.dispatchEvent(new CustomEvent("held", { detail: { kept: true } }));
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent).detail as { elt: HTMLElement; parameters: Record<string, string> };
    const seen = document.querySelector<HTMLElement>("#timeline")?.dataset.seen;
    if (seen && detail.elt.matches("[data-needs-seen]")) detail.parameters.seen = seen;
  });
  document.addEventListener("htmx:afterSwap", () => {
    // The same complaint was opened again meanwhile, with the draft that is on its way: show it empty.
    const form = held && document.querySelector<HTMLFormElement>(`form[data-composer="${held.number}"]`);
    if (form && !form.contains(held?.form ?? null) && form !== held?.form) form.dispatchEvent(new CustomEvent("held"));
  });
  window.addEventListener("pagehide", () => {
    if (held) void send(held, true);
  });
}
