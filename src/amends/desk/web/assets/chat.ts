// The chat's window. What is written is kept until the desk has it, under a name of its own, and said again after a
// broken line: the desk takes it once. What was said is asked for by its place, so that nothing is lost or doubled.

import { type Attached, attached, put, tray, waiting as still } from "./chat_files";

type Said = { seq: number; who: "you" | "person" | "desk"; name: string; text: string; html: string; client: string; at: string; files: Attached[] };
type Waiting = { client: string; text: string };
type Going = { client: string; file: File; item: HTMLLIElement; request?: XMLHttpRequest };
type Kept = { key: string; once: string; waiting: Waiting[] };

const place = document.getElementById("chat") as HTMLElement;
const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const words = place.dataset;
const home = words.home ?? "/chat/";
const list = find<HTMLOListElement>("said");
const form = find<HTMLFormElement>("write");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const STORE = "amends-chat";

let kept: Kept = read();
let upTo = 0;
let shownUpTo = 0;
let open = false;
let sending = false;
let asking = false;
let beginning = false;
let again = false;
let heardUpTo = 0;
let line: EventSource | undefined;
let typed = 0;
const going: Going[] = []; // files on their way; the browser keeps none of them when its page is closed
let uploading = false;
let patience = 3_000;
const shown = new Map<string, HTMLLIElement>();
const places = new Map<number, HTMLLIElement>();

function name(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function read(): Kept {
  try {
    const found = JSON.parse(localStorage.getItem(STORE) ?? "");
    if (typeof found.key === "string" && Array.isArray(found.waiting)) return found;
  } catch {
    // Nothing was kept, or the browser keeps nothing: the chat lasts as long as its page.
  }
  return { key: "", once: name(), waiting: [] };
}

function keep(): void {
  try {
    localStorage.setItem(STORE, JSON.stringify(kept));
  } catch {
    // as above
  }
}

async function ask(path: string, told?: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const joiner = path.includes("?") ? "&" : "?";
  const answer = await fetch(`${home}${path}${joiner}language=${words.language}`, {
    method: told ? "POST" : "GET",
    credentials: "omit",
    headers: told && !(told instanceof FormData) ? { "Content-Type": "application/json" } : {},
    body: told instanceof FormData ? told : told ? JSON.stringify(told) : undefined,
  });
  if (answer.status >= 500) throw new Error(String(answer.status));
  const body = answer.status === 204 ? {} : await answer.json();
  return { status: answer.status, body };
}

function state(text: string): void {
  const there = find("state");
  if (there.textContent !== text) there.textContent = text;
}

function filled(text: string | undefined, who: string): string {
  return (text ?? "").replace("%(name)s", who);
}

// What a person of the desk wrote with marks comes as HTML of the desk's own making, cleaned where it leaves.
function drawn(html: string): HTMLElement {
  const words = document.createElement("div");
  words.className = "drawn";
  words.append(document.createRange().createContextualFragment(html));
  words.querySelectorAll("a").forEach((link) => (link.target = "_blank"));
  return words;
}

function bubble(who: string, text: string | HTMLElement, beneath: string, writer = "", files: HTMLElement[] = []): HTMLLIElement {
  const item = document.createElement("li");
  item.className = who;
  item.dir = "auto";
  item.append(text, ...files);
  const small = document.createElement("small");
  small.textContent = [writer, beneath].filter(Boolean).join(" · ");
  item.append(small);
  list.append(item);
  list.scrollTop = list.scrollHeight;
  return item;
}

function beneath(item: HTMLLIElement, text: string): void {
  const small = item.querySelector("small");
  if (small) small.textContent = text;
}

function show(said: Said): void {
  if (places.has(said.seq)) return;
  const mine = said.client ? shown.get(said.client) : undefined;
  const item = mine ?? bubble(said.who, said.html ? drawn(said.html) : said.text, said.at, said.who === "you" ? "" : said.name, said.files.map(attached));
  if (mine) {
    const own = mine.querySelector(".file");
    if (own) own.replaceWith(...said.files.map(attached));
    mine.querySelectorAll("progress, button").forEach((part) => part.remove());
    beneath(mine, `${said.at} · ${words.sent}`);
    list.append(mine); // where the desk has it, also when something was said meanwhile
  }
  if (said.who === "you" && !mine) shown.set(said.client || `seq ${said.seq}`, item);
  places.set(said.seq, item);
  upTo = Math.max(upTo, said.seq);
}

async function news(): Promise<void> {
  if (!kept.key) return;
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    do {
      again = false;
      const { status, body } = await ask(`${kept.key}/said/?after=${upTo}&zone=${encodeURIComponent(zone)}`);
      if (status === 404) return forget();
      take(body);
    } while (again);
    await hear();
  } catch {
    state(words.broken ?? "");
  } finally {
    asking = false;
  }
}

function take(body: Record<string, unknown>): void {
  (body.said as Said[]).forEach(show);
  find("who").textContent = filled(words.with, String(body.who));
  find<HTMLAnchorElement>("page").href = String(body.page);
  for (const [seq, item] of places) {
    if (item.className === "you" && seq <= Number(body.read) && !item.dataset.read) {
      item.dataset.read = "yes";
      const small = item.querySelector("small");
      if (small) small.textContent = `${(small.textContent ?? "").replace(` · ${words.sent}`, "")} · ${words.read}`;
    }
  }
  state(body.ended ? (words.ended ?? "") : body.typing ? filled(words.writes, String(body.who)) : "");
}

// Say how far was read, or that one writes. Where the line is open the desk knows that the window is there.
async function hear(typing = false): Promise<void> {
  if (!kept.key) return;
  if (document.visibilityState === "visible") shownUpTo = upTo;
  if (!typing && shownUpTo === heardUpTo && line?.readyState === EventSource.OPEN) return;
  heardUpTo = shownUpTo;
  await ask(`${kept.key}/here/`, { typing: String(typing), read: String(shownUpTo) });
}

function listen(): void {
  line?.close();
  if (!kept.key) return;
  const asked = new URLSearchParams({ after: String(upTo), language: words.language ?? "", zone });
  line = new EventSource(`${home}${kept.key}/events/?${asked}`);
  line.addEventListener("said", (event) => {
    take(JSON.parse(event.data));
    hear().catch(() => undefined);
    void send();
  });
  line.addEventListener("gone", () => void news());
  line.addEventListener("error", () => state(words.broken ?? ""));
}

async function send(): Promise<void> {
  if (sending || !kept.key) return;
  sending = true;
  try {
    while (kept.waiting.length) {
      const first = kept.waiting[0] as Waiting;
      const { status, body } = await ask(`${kept.key}/say/`, { text: first.text, client: first.client });
      if (status === 404) return forget();
      if (status === 429) {
        state(String(body.says));
        setTimeout(() => void send(), 10_000);
        return;
      }
      kept.waiting.shift();
      keep();
      if (status >= 400) say(first.client, String(body.says)); // kept for a person to look at, or no message at all
    }
    if (line?.readyState !== EventSource.OPEN) await news();
  } catch {
    state(words.broken ?? "");
    setTimeout(() => void send(), 3_000);
  } finally {
    sending = false;
  }
}

function say(client: string, says: string): void {
  const item = shown.get(client);
  if (item) beneath(item, says);
  state(says);
}

// Files go up beside the words, so that no word waits for a large picture.
async function upload(): Promise<void> {
  if (uploading || !kept.key) return;
  uploading = true;
  try {
    while (going.length) {
      const one = going[0] as Going;
      const bar = one.item.querySelector("progress");
      one.request = new XMLHttpRequest();
      const to = `${home}${kept.key}/add/?language=${words.language}`;
      const answer = await put(to, one.file, one.client, one.request, (part) => bar && (bar.value = part));
      if (answer?.status === 404) return forget();
      if (answer?.status === 429) {
        state(answer.says);
        setTimeout(() => void upload(), 60_000);
        return;
      }
      if (going[0] === one) going.shift(); // it is not, where it was taken back
      if (answer && answer.status !== 200) settle(one, answer.says || (words.refused ?? ""));
      patience = 3_000;
    }
    if (line?.readyState !== EventSource.OPEN) await news();
  } catch {
    state(words.broken ?? "");
    setTimeout(() => void upload(), patience);
    patience = Math.min(2 * patience, 60_000);
  } finally {
    uploading = false;
  }
}

function settle(one: Going, says: string): void {
  one.item.querySelectorAll("progress, button").forEach((part) => part.remove());
  beneath(one.item, says);
  state(says);
}

function go(file: File): void {
  const bar = document.createElement("progress");
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const back = document.createElement("button");
  back.type = "button";
  back.className = "quiet";
  back.textContent = words.back ?? "";
  back.setAttribute("aria-label", `${words.back}: ${file.name}`);
  const client = name();
  const item = bubble("you", "", words.sending ?? "", "", [still(file, words.language ?? "en"), bar, back]);
  const one: Going = { client, file, item };
  back.addEventListener("click", () => {
    going.splice(going.indexOf(one), 1);
    shown.delete(client); // if the desk has it all the same, it is shown as what it is
    item.remove();
    one.request?.abort();
    (form.elements.namedItem("text") as HTMLElement).focus();
    state((words.removed ?? "").replace("%(name)s", file.name));
  });
  shown.set(client, item);
  going.push(one);
}

function forget(): void {
  going.length = 0;
  line?.close();
  kept = { key: "", once: name(), waiting: [] };
  keep();
  location.reload();
}

async function begin(text: string): Promise<void> {
  const told = Object.fromEntries(new FormData(form)) as Record<string, string>;
  const all = { ...told, text, once: kept.once, zone };
  const { status, body } = await (open ? ask("begin/", all) : ask("leave/", left(all)));
  if (status === 409 && open) {
    await stand();
    state(String(body.says));
    return;
  }
  if (status >= 400) {
    state(String(body.says));
    return;
  }
  form.reset();
  find("first").hidden = true;
  if (!open) {
    bubble("you", text, "", "", files.take().map((file) => still(file, words.language ?? "en")));
    bubble("desk", String(body.says), "");
    find<HTMLAnchorElement>("page").href = String(body.page);
    form.hidden = true;
    find("ways").hidden = false;
    find("ways").querySelector("details")?.remove();
    find("end").remove();
    kept.once = name();
    keep();
    return;
  }
  kept.key = String(body.key);
  keep();
  files.take().forEach(go);
  talk();
}

// The first words stay in their field until the desk has them, and go again by themselves after a broken line.
function first(field: HTMLTextAreaElement, text: string): void {
  if (beginning) return;
  beginning = true;
  begin(text)
    .catch(() => {
      state(words.broken ?? "");
      setTimeout(() => {
        if (!kept.key && !form.hidden && field.value.trim() === text) first(field, text);
      }, 3_000);
    })
    .finally(() => (beginning = false));
}

// What is left for later, as a form: it may bring files.
function left(told: Record<string, string>): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(told)) data.append(field, value);
  for (const file of files.list()) data.append("file", file);
  return data;
}

function talk(): void {
  find("first").hidden = true;
  find("ways").hidden = false;
  form.hidden = false;
  for (const one of kept.waiting) shown.set(one.client, bubble("you", one.text, words.sending ?? ""));
  void news().then(() => {
    listen();
    void upload();
    return send();
  });
}

async function stand(): Promise<void> {
  const { body } = await ask("standing/");
  open = Boolean(body.open);
  if (open) find("who").textContent = filled(words.with, String(body.who));
  find("says").textContent = String(body.says);
  form.hidden = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = form.elements.namedItem("text") as HTMLTextAreaElement;
  const text = field.value.trim();
  if (!text && !(kept.key && files.list().length)) return;
  if (!kept.key) {
    first(field, text);
    return;
  }
  if (text) {
    const one = { client: name(), text };
    kept.waiting.push(one);
    keep();
    shown.set(one.client, bubble("you", text, words.sending ?? ""));
    field.value = "";
    void send();
  }
  files.take().forEach(go);
  void upload();
});

form.addEventListener("input", () => {
  const now = Date.now();
  if (kept.key && now - typed > 4_000) {
    typed = now;
    hear(true).catch(() => undefined);
  }
});

form.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && field instanceof HTMLTextAreaElement) {
    event.preventDefault();
    form.requestSubmit();
  }
});

const files = tray(find<HTMLInputElement>("add"), find("files"), place, state, () => {
  (form.elements.namedItem("text") as HTMLTextAreaElement).required = !(kept.key && files.list().length);
  requestAnimationFrame(() => (list.scrollTop = list.scrollHeight)); // the last words stay in sight above them
});

addEventListener("beforeunload", (event) => {
  if (going.length) event.preventDefault(); // the browser asks whether to leave
});

for (const way of ["mail", "call"]) {
  find<HTMLFormElement>(way).addEventListener("submit", (event) => {
    event.preventDefault();
    const told = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement));
    ask(`${kept.key}/${way}/`, told)
      .then(({ body }) => news().then(() => state(String(body.says))))
      .catch(() => state(words.broken ?? ""));
  });
}

find("end").addEventListener("click", () => {
  ask(`${kept.key}/end/`, {}).then(news).catch(() => state(words.broken ?? ""));
});

document.addEventListener("visibilitychange", () => void news());
addEventListener("online", () => {
  listen();
  void news().then(send);
  void upload();
});
setInterval(() => {
  if (line?.readyState !== EventSource.OPEN) void news(); // a window that listens is known to be there
}, 20_000);

if (kept.key) talk();
else stand().catch(() => state(words.broken ?? ""));
export {};
