// The sheet of a call: its clock runs while one speaks. It goes on when the sheet is closed to read the complaint, and
// when the page is loaded again: its times and words wait in this tab until they are recorded.

import htmx from "htmx.org";
import * as time from "./call_time";

interface Kept {
  call: time.CallTime;
  open: boolean;
  byHand: boolean; // the minutes were written by somebody
  words: Record<string, string>;
}

const FORGOTTEN = 12 * 3_600_000; // milliseconds after which a call that nobody recorded is none any more
const WORDS = ["way", "spoken_with", "said", "minutes", "promised", "due_at", "length"];

const place = (number: string) => `call-${number}`;
const box = () => document.querySelector<HTMLElement>("#sheet [data-calling]");

function kept(number: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(place(number)) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

function keep(number: string, what: Kept): void {
  sessionStorage.setItem(place(number), JSON.stringify(what));
}

class Sheet {
  private readonly form: HTMLFormElement;
  private readonly number: string;
  private readonly ahead: number; // of the server's clock before this one
  private readonly state: Kept;

  constructor(private readonly box: HTMLElement) {
    this.form = box.closest("form") as HTMLFormElement;
    this.number = box.dataset.calling ?? "";
    this.ahead = Date.parse(box.dataset.now ?? "") - Date.now();
    const before = kept(this.number);
    const isFresh = before && this.now() - before.call.began < FORGOTTEN;
    const began = Date.parse(this.field("began").value) || this.now();
    this.state = isFresh ? before : { call: time.begin(began), open: true, byHand: false, words: {} };
    this.state.open = true;
    if (isFresh) this.bring();
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const act = (event.target as Element).closest<HTMLElement>("[data-call-act]")?.dataset.callAct;
      if (act) this.act(act);
    });
    this.form.addEventListener("input", (event) => {
      if ((event.target as HTMLInputElement).name === "length") this.state.byHand = true;
      this.remember();
    });
    this.form.addEventListener("submit", () => this.show());
    this.show();
  }

  now(): number {
    return Date.now() + this.ahead;
  }

  private field(name: string): HTMLInputElement {
    return this.form.elements.namedItem(name) as HTMLInputElement;
  }

  private bring(): void {
    for (const [name, words] of Object.entries(this.state.words)) {
      const field = this.form.elements.namedItem(name) as HTMLInputElement | RadioNodeList | null;
      if (field && words) field.value = words;
    }
  }

  private remember(): void {
    for (const name of WORDS) this.state.words[name] = this.field(name)?.value ?? "";
    keep(this.number, this.state);
  }

  private act(what: string): void {
    const { call } = this.state;
    const now = this.now();
    if (what === "hold") this.state.call = time.hold(call, now);
    if (what === "back") this.state.call = time.back(call, now);
    if (what === "pause") this.state.call = time.stop(call, now);
    if (what === "on") this.state.call = time.goOn(call, now);
    if (what === "over") this.state.call = time.stop(call, now, true);
    if (what === "anew") this.state.call = time.begin(now);
    if (what === "anew") this.state.byHand = false;
    this.show();
    const next = { hold: "back", back: "hold", pause: "on", on: "pause", over: "on", anew: "pause" }[what];
    this.button(next ?? "")?.focus(); // the button that was pressed may be gone
  }

  private button(act: string): HTMLElement | null {
    return this.box.querySelector(`[data-call-act="${act}"]`);
  }

  /** Write what the clock says, and into the fields what is recorded. */
  show(): void {
    const { call } = this.state;
    const now = this.now();
    const lang = document.documentElement.lang;
    const say = (where: string, words: string) => {
      const found = this.box.querySelector(`[data-${where}]`);
      if (found) found.textContent = words;
    };
    say("spoken", time.written(time.spoken(call, now), lang));
    say("held", time.written(time.held(call, now), lang));
    const times = call.holds.length + (call.heldSince === null ? 0 : 1);
    say("held-times", new Intl.NumberFormat(lang).format(times));
    const shown: Record<string, boolean> = {
      hold: call.stopped === null && call.heldSince === null,
      back: call.heldSince !== null,
      pause: call.stopped === null,
      on: call.stopped !== null,
      over: !call.over,
    };
    for (const [act, is] of Object.entries(shown)) {
      const button = this.button(act);
      if (button) button.hidden = !is;
    }
    const long = this.box.querySelector<HTMLElement>("[data-held-long]");
    if (long) long.hidden = time.holding(call, now) <= Number(this.box.dataset.holdLimit);
    const all = call.heldSince === null ? call.holds : time.back(call, now).holds;
    this.field("holds").value = all.join(",");
    if (!this.state.byHand) this.field("length").value = time.writtenMinutes(call, now, lang);
    this.remember();
  }
}

let open: Sheet | null = null;

export function calling(): void {
  document.addEventListener("htmx:afterSwap", (event) => {
    if (((event as CustomEvent).detail.target as HTMLElement).id !== "sheet") return;
    const found = box();
    open = found ? new Sheet(found) : null;
  });
  setInterval(() => {
    if (open && box()) open.show();
  }, 1000);
  // Recorded: nothing waits any more. Closed by hand: it goes on, though not in sight.
  document.addEventListener("close-sheet", () => {
    const number = box()?.dataset.calling;
    open = null;
    if (number) sessionStorage.removeItem(place(number));
  });
  document.addEventListener(
    "close",
    (event) => {
      const number = (event.target as Element).querySelector<HTMLElement>("[data-calling]")?.dataset.calling;
      open = null;
      const what = number && kept(number);
      if (number && what) keep(number, { ...what, open: false });
    },
    true,
  );
  const number = document.getElementById("conversation")?.dataset.complaint;
  if (number && kept(number)?.open) void htmx.ajax("get", `/desk/${number}/sheet/call/`, { target: "#sheet" });
}
