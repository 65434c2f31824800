// The coach in the composer: reads the draft while it is written, underlines the very words in amber and shows one card
// at a time. It never blocks: cues answer at once, the full reading follows.
import { csrf } from "./ground";
import { OneAtATime } from "./one_at_a_time";
import { type Judged, afterCues, afterFull, doubts, joinedDrafts } from "./readings";
import { type Span, moved, toPoints, toUnits } from "./spans";
import { write } from "./writing";

interface Finding extends Judged {
  title: string;
  words: string;
  hurts: string;
  instead: string;
  replacement: string;
  replace_start: number;
  replace_end: number;
}

interface Sign extends Span {
  name: string;
  title: string;
}

interface Promised extends Span {
  words: string;
  due_at: string; // in the agent's own time, as a datetime-local field has it
  whole_day: boolean;
}

type Labels = Partial<Record<"perhaps" | "next" | "use" | "leave" | "why", string>>;

interface Reading {
  language: string; // of the draft, in which the whole card speaks
  labels: Labels;
  reader: string; // "cues" or "learned"; empty where there is nothing to read
  follows: boolean; // whether it is worth asking for the full reading
  findings: Finding[];
  good: Sign[];
  promises: Promised[];
}

const NOTHING: Reading = { language: "", labels: {}, reader: "", follows: false, findings: [], good: [], promises: [] };
// After a moment of silence, but while one types on not more often than so: who types slowly is silent after each letter.
const READ_AFTER = 250;
const READ_EVERY = 3_000;
const READ_AT_REST = 700; // that is no letter that is looked for
const READ_FULLY_AFTER = 600; // more behind the first answer
const SAVE_AFTER = 800;
const SAVE_EVERY = 3_000;
const RETRY_AFTER = 5_000;

class Composer {
  private readonly field: HTMLTextAreaElement;
  private readonly backdrop: HTMLElement;
  private readonly coach: HTMLElement;
  private readonly chips: HTMLElement;
  private readonly praise: HTMLElement;
  private readonly count: HTMLElement;
  private readonly saved: HTMLElement;
  private readonly reason: HTMLElement;
  private readonly alone: HTMLElement;
  private text: string;
  private kept: string; // the draft as it lies on the server, as far as this window knows
  private readonly tried = new Set<string>(); // what this window has asked to keep
  private says = false; // that drafts were joined, until somebody types on
  private waits = false; // whether a reply of its author is to leave later
  private beside = ""; // the reply while a note is written, and the note while a reply is: neither becomes the other
  private findings: Finding[] = [];
  private promises: Promised[] = [];
  private doubted = new Set<string>(); // what cues saw and the full reading did not
  private readonly left = new Set<string>(); // cards put aside with 'leave it'
  private readonly dues = new Map<string, Pick<Promised, "due_at" | "whole_day">>(); // times the agent has set
  private readonly dropped = new Set<string>(); // promises that the agent says are none
  private shown = "";
  private language = "";
  private labels: Labels = {};
  private readTimer = 0;
  private fullTimer = 0;
  private saveTimer = 0; // while there is something to save
  private readAt = 0;
  private savedAt = 0;
  private readonly reads = new OneAtATime((signal) => this.readNow(signal));
  private readonly saves = new OneAtATime(() => this.saveNow());
  private closer: AbortController | undefined; // the full reading that is on its way

  constructor(private readonly form: HTMLFormElement) {
    const part = <T extends HTMLElement>(name: string): T => {
      const found = form.querySelector<T>(`[data-part=${name}]`);
      if (!found) throw new Error(`The composer has no ${name}.`);
      return found;
    };
    this.field = part<HTMLTextAreaElement>("field");
    this.backdrop = part("backdrop");
    this.coach = part("coach");
    this.chips = part("chips");
    this.praise = part("praise");
    this.count = part("count");
    this.saved = part("saved");
    this.reason = part("reason");
    this.alone = part("alone");
    this.text = this.kept = this.field.value;
    this.followLater();

    this.field.addEventListener("input", () => this.typed());
    for (const event of ["keyup", "click"]) this.field.addEventListener(event, () => this.followCaret());
    form.addEventListener("submit", (event) => this.beforeSending(event));
    form.addEventListener("held", (event) => {
      const detail = (event as CustomEvent<{ waits?: boolean; kept?: boolean } | null>).detail;
      if (detail?.waits) this.flush(); // its draft has them until it leaves
      if (detail?.kept) this.forgetKept();
      this.empty();
    });
    form.addEventListener("sent", () => {
      this.forgetKept();
      if (this.replyWords) this.save(); // what was begun meanwhile went from the server, too
    });
    form.addEventListener("click", (event) => this.clicked(event));
    window.addEventListener("online", () => this.save());
    const files = part<HTMLInputElement>("files");
    files.addEventListener("change", () => this.nameFiles(files));
    this.draw();
    if (this.text.trim()) this.read();
    else void this.warmUp();
  }

  /**
   * Let the coach read the conversation before the first word is typed, so that it is quick from then on. The full
   * reading takes longer, and begins when somebody is about to write.
   */
  private async warmUp(): Promise<void> {
    const reading = await this.ask("…");
    if (!reading?.follows) return;
    const fully = () => void this.ask("…", { full: true });
    if (document.activeElement === this.field) fully();
    else this.field.addEventListener("focus", fully, { once: true });
  }

  /** The coach is silent when the line is down or a newer question has overtaken this one. */
  private async ask(
    text: string,
    { full = false, signal = null }: { full?: boolean; signal?: AbortSignal | null } = {},
  ): Promise<Reading | undefined> {
    try {
      const answer = await fetch(this.form.dataset.coach ?? "", {
        method: "POST",
        headers: { "X-CSRFToken": csrf() },
        body: new URLSearchParams(full ? { text, full: "1" } : { text }),
        signal,
      });
      return answer.ok ? ((await answer.json()) as Reading) : undefined;
    } catch (trouble) {
      if (!(trouble instanceof DOMException) && !(trouble instanceof TypeError)) throw trouble;
      return undefined;
    }
  }

  private get isNote(): boolean {
    return this.form.dataset.mode === "note";
  }

  private typed(): void {
    const text = this.field.value;
    this.findings = moved(this.text, text, this.findings);
    this.promises = moved(this.text, text, this.promises);
    this.text = text;
    this.closer?.abort();
    this.reason.hidden = true;
    this.draw();
    clearTimeout(this.fullTimer);
    clearTimeout(this.readTimer);
    this.readTimer = window.setTimeout(() => this.read(), Math.min(READ_AT_REST, after(READ_AFTER, this.readAt + READ_EVERY)));
    if (this.isNote) return;
    clearTimeout(this.saveTimer);
    this.saveTimer = window.setTimeout(() => this.save(), after(SAVE_AFTER, this.savedAt + SAVE_EVERY));
  }

  private read(): void {
    this.closer?.abort();
    if (this.isNote || !this.text.trim()) {
      this.reads.stop();
      this.take(NOTHING, this.text);
    } else {
      this.reads.ask();
    }
  }

  private async readNow(signal: AbortSignal): Promise<void> {
    this.readAt = Date.now();
    const text = this.text;
    const quick = await this.ask(text, { signal });
    if (!quick || signal.aborted) return;
    this.take(quick, text);
    if (!quick.follows || text !== this.text) return;
    clearTimeout(this.fullTimer);
    this.fullTimer = window.setTimeout(() => void this.readFully(text), READ_FULLY_AFTER);
  }

  /** Ask for the full reading of words that stand as they were read by cues; dropped when they change meanwhile. */
  private async readFully(text: string): Promise<void> {
    if (text !== this.text) return;
    const closer = new AbortController();
    this.closer = closer;
    const reading = await this.ask(text, { full: true, signal: closer.signal });
    if (reading && !closer.signal.aborted && text === this.text) this.take(reading, text);
  }

  private take(reading: Reading, text: string): void {
    if (reading.language) [this.language, this.labels] = [reading.language, reading.labels];
    const replaced = toUnits(
      text,
      reading.findings.map((one) => ({ start: one.replace_start, end: one.replace_end })),
    );
    const findings = toUnits(text, reading.findings).map((one, place) => ({
      ...one,
      // Counted from the finding's own beginning, so that it moves along with it.
      replace_start: (replaced[place]?.start ?? one.start) - one.start,
      replace_end: (replaced[place]?.end ?? one.end) - one.start,
    }));
    const found = moved(text, this.text, findings);
    const full = reading.reader === "learned";
    if (full) {
      this.doubted = doubts(this.doubted, this.findings, found);
      this.findings = afterFull(found, this.busyWith());
    } else if (reading.follows) {
      this.findings = afterCues(this.findings, found, this.doubted);
    } else {
      this.doubted.clear();
      this.findings = found;
    }
    this.alone.hidden = reading.reader !== "cues" || reading.follows;
    this.promises = moved(text, this.text, toUnits(text, reading.promises));
    this.drawPraise(reading.good);
    this.draw({ settling: full });
  }

  /** The finding whose card is under somebody's hand or focus: it is not taken away from there. */
  private busyWith(): Finding | undefined {
    if (this.coach.hidden || !this.coach.matches(":hover, :focus-within")) return undefined;
    return this.open().find((finding) => finding.id === this.shown);
  }

  private open(): Finding[] {
    return this.findings.filter((finding) => !this.left.has(finding.id));
  }

  // -- what is drawn ------------------------------------------------------------------------------------------------

  /** Draw what is known; `settling` when the full reading has come while nobody typed, and nothing may jump. */
  private draw({ settling = false } = {}): void {
    const direction = this.text.trim() ? "auto" : (this.form.dataset.direction ?? "auto");
    this.field.dir = direction;
    this.backdrop.dir = direction;
    this.drawMarks();
    this.drawCard(settling);
    this.drawChips();
    const open = this.open().length;
    this.count.textContent = open ? (this.count.dataset.some ?? "").replace("%", digits(open)) : "";
    this.count.hidden = !open;
  }

  private drawPraise(good: readonly Sign[]): void {
    this.praise.lang = this.language;
    this.praise.dir = this.language === "fa" ? "rtl" : "ltr";
    const key = good.map((sign) => sign.title).join("\n");
    if (this.praise.dataset.key !== key) {
      this.praise.dataset.key = key;
      this.praise.replaceChildren(
        ...good.map((sign) => {
          const tag = document.createElement("span");
          tag.textContent = sign.title;
          return tag;
        }),
      );
    }
    this.praise.hidden = good.length === 0;
  }

  private drawMarks(): void {
    const marks = [
      ...this.open().map((finding) => ({ ...finding, css: finding.hint ? "mark-hint" : "mark-failing" })),
      ...this.chipsOpen().map((promise) => ({ ...promise, css: "mark-promise" })),
    ].filter((mark) => mark.end > mark.start);
    const edges = [...new Set([0, this.text.length, ...marks.flatMap((mark) => [mark.start, mark.end])])].sort(
      (one, other) => one - other,
    );
    const pieces: Node[] = [];
    for (let place = 0; place < edges.length - 1; place += 1) {
      const [from, to] = [edges[place] ?? 0, edges[place + 1] ?? 0];
      const words = this.text.slice(from, to);
      const over = marks.filter((mark) => mark.start <= from && mark.end >= to);
      if (!over.length) {
        pieces.push(document.createTextNode(words));
        continue;
      }
      const mark = document.createElement("mark");
      mark.className = over.map((one) => one.css).join(" ");
      if (over.some((one) => "id" in one && one.id === this.shown)) mark.classList.add("mark-now");
      mark.textContent = words;
      pieces.push(mark);
    }
    pieces.push(document.createTextNode("\n\u200b")); // the line on which the caret may stand alone
    this.backdrop.replaceChildren(...pieces);
  }

  private drawCard(settling: boolean): void {
    const open = this.open();
    const height = settling && !this.coach.hidden ? `${this.coach.offsetHeight}px` : "";
    if (!open.length) {
      this.shown = "";
      delete this.coach.dataset.shown;
      this.coach.style.minBlockSize = height;
      // A card that the full reading takes away leaves its room, and a word why, until somebody types on.
      this.coach.replaceChildren(...(height ? [clone("coach-settled")] : []));
      this.coach.classList.toggle("is-settled", height !== "");
      this.coach.hidden = !height;
      return;
    }
    const now = Math.max(0, open.findIndex((finding) => finding.id === this.shown));
    const finding = open[now] as Finding;
    this.shown = finding.id;
    const stays = this.coach.dataset.shown === finding.id && !this.coach.hidden;
    const card = stays ? this.coach : clone("coach-card"); // what stays is neither drawn nor read out again
    fill(card, "title", finding.title);
    fill(card, "words", finding.words);
    fill(card, "hurts", finding.hurts);
    fill(card, "instead", finding.instead);
    fill(card, "replacement", finding.replacement);
    fill(card, "place", `${digits(now + 1, this.language || undefined)} / ${digits(open.length, this.language || undefined)}`);
    this.speak(card);
    show(card, "perhaps", finding.hint);
    show(card, "words", finding.words.length > 0);
    show(card, "use", finding.replacement.length > 0);
    show(card, "turn", open.length > 1);
    if (!stays) {
      const hadFocus = this.coach.contains(document.activeElement);
      this.coach.dataset.shown = finding.id;
      this.coach.style.minBlockSize = height;
      this.coach.replaceChildren(card);
      this.coach.classList.remove("is-settled");
      this.coach.hidden = false;
      if (hadFocus) (this.coach.querySelector<HTMLElement>("[data-when=turn]:not([hidden]) [data-act=next]") ?? this.field).focus();
    }
    this.drawMarks();
  }

  /** Let the whole card speak the draft's language: what the coach says and what stands on its buttons. */
  private speak(card: DocumentFragment | HTMLElement): void {
    const box = card.querySelector<HTMLElement>(".coach-card");
    if (!box || !this.language) return;
    box.lang = this.language;
    box.dir = this.language === "fa" ? "rtl" : "ltr";
    for (const name of ["perhaps", "next", "use", "leave"] as const) {
      const said = this.labels[name];
      if (said) fill(card, name, said);
    }
    if (this.labels.why) box.querySelector("[data-act=unfold]")?.setAttribute("aria-label", this.labels.why);
  }

  private chipsOpen(): Promised[] {
    return this.isNote ? [] : this.promises.filter((promise) => !this.dropped.has(promise.words));
  }

  private drawChips(): void {
    const promises = this.chipsOpen();
    const key = JSON.stringify(promises.map((promise) => [promise.words, this.due(promise)]));
    if (this.chips.dataset.key === key) return;
    if (this.chips.querySelector(":popover-open")) return; // somebody is choosing another time
    this.chips.dataset.key = key;
    this.chips.replaceChildren(
      ...promises.map((promise) => {
        const chip = clone("promise-chip");
        const due = this.due(promise);
        fill(chip, "words", promise.words);
        const field = chip.querySelector<HTMLInputElement>("input[type=datetime-local]");
        const box = chip.querySelector<HTMLElement>(".chip");
        if (field && box) {
          box.dataset.promise = promise.words;
          const label = box.querySelector<HTMLElement>("[data-slot=due]");
          const say = () => {
            if (label) label.textContent = dueWords({ ...promise, ...this.due(promise) });
          };
          field.value = due.due_at;
          say();
          field.addEventListener("change", () => {
            if (field.value) this.dues.set(promise.words, { due_at: field.value, whole_day: false });
            say();
          });
        }
        return chip;
      }),
    );
    this.chips.hidden = promises.length === 0;
  }

  private due(promise: Promised): Pick<Promised, "due_at" | "whole_day"> {
    return this.dues.get(promise.words) ?? promise;
  }

  // -- what the agent does ------------------------------------------------------------------------------------------

  private clicked(event: Event): void {
    const target = event.target as Element;
    const act = target.closest<HTMLElement>("[data-act]")?.dataset.act;
    const mode = target.closest<HTMLElement>("[data-mode-button]")?.dataset.modeButton;
    if (mode) this.turnTo(mode);
    if (!act) return;
    const open = this.open();
    const now = open.findIndex((finding) => finding.id === this.shown);
    const finding = open[now];
    if (act === "leave" && finding) {
      this.left.add(finding.id);
      this.shown = open[now + 1]?.id ?? "";
      this.draw();
      this.field.focus();
    } else if (act === "use" && finding) {
      write(this.field, finding.replacement, finding.start + finding.replace_start, finding.start + finding.replace_end);
    } else if (act === "next") {
      this.shown = open[(now + 1) % open.length]?.id ?? "";
      this.draw();
    } else if (act === "unfold") {
      this.coach.classList.toggle("is-unfolded");
    } else if (act === "when") {
      const field = target.closest(".chip")?.querySelector<HTMLInputElement>("input");
      if (field) {
        field.hidden = false;
        field.focus();
      }
    } else if (act === "drop") {
      const words = target.closest<HTMLElement>("[data-promise]")?.dataset.promise ?? "";
      this.dropped.add(words);
      this.draw();
    } else if (act === "as-it-is") {
      const given = target.closest<HTMLElement>("[data-reason]")?.dataset.reason;
      const field = this.reason.querySelector<HTMLInputElement>("input");
      if (field && given) field.value = given;
      if (field?.value.trim()) this.form.requestSubmit();
      else field?.focus();
    } else if (act === "look-again") {
      this.reason.hidden = true;
      this.field.focus();
    }
  }

  private turnTo(mode: string): void {
    if (mode !== this.form.dataset.mode) this.changeWords();
    this.form.dataset.mode = mode;
    this.form.action = (mode === "note" ? this.form.dataset.note : this.form.dataset.reply) ?? this.form.action;
    for (const button of this.form.querySelectorAll<HTMLElement>("[data-mode-button]")) {
      button.setAttribute("aria-pressed", String(button.dataset.modeButton === mode));
    }
    this.field.placeholder = (mode === "note" ? this.form.dataset.noteHint : this.form.dataset.replyHint) ?? "";
    this.reason.hidden = true;
    this.field.focus();
    this.read();
  }

  /** Lay the words aside that stand here, and take up those that were laid aside before. */
  private changeWords(): void {
    this.flush();
    [this.beside, this.text] = [this.text, this.beside];
    this.field.value = this.text;
    this.saved.textContent = "";
    this.praise.hidden = true;
    this.findings = [];
    this.promises = [];
    this.draw();
  }

  private followCaret(): void {
    const caret = this.field.selectionStart;
    const under = this.open().find((finding) => finding.start <= caret && caret <= finding.end);
    if (under && under.id !== this.shown) {
      this.shown = under.id;
      this.draw();
    }
  }

  private beforeSending(event: SubmitEvent): void {
    const reason = this.reason.querySelector<HTMLInputElement>("input");
    const failings = this.isNote ? [] : this.findings.filter((finding) => !finding.hint && !this.doubted.has(finding.id));
    if (failings.length && this.reason.hidden && reason) {
      event.preventDefault();
      reason.value = "";
      this.reason.hidden = false;
      this.reason.querySelector<HTMLElement>("button")?.focus();
      return;
    }
    const promises = this.chipsOpen().map((promise) => ({
      words: promise.words,
      start: toPoints(this.text, promise.start),
      end: toPoints(this.text, promise.end),
      ...this.due(promise),
    }));
    const hidden = this.form.querySelector<HTMLInputElement>("input[name=promises]");
    if (hidden) {
      hidden.value = JSON.stringify(
        promises.map(({ words, start, end, due_at, whole_day }) => ({ words, start, end, due_at, whole_day })),
      );
    }
  }

  /** The reply is on its way: begin anew, without telling the server that the draft is gone. */
  private empty(): void {
    clearTimeout(this.saveTimer);
    clearTimeout(this.readTimer);
    this.reads.stop();
    this.saves.stop();
    this.closer?.abort();
    this.field.value = this.text = "";
    this.saved.textContent = "";
    this.findings = [];
    this.doubted.clear();
    this.promises = [];
    this.alone.hidden = true;
    this.reason.hidden = true;
    this.praise.hidden = true;
    const files = this.form.querySelector<HTMLInputElement>("[data-part=files]");
    if (files) {
      files.value = "";
      this.nameFiles(files);
    }
    const key = this.form.querySelector<HTMLInputElement>("input[name=key]");
    if (key) key.value = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
    this.draw();
    if (this.isNote) this.turnTo("reply");
  }

  private nameFiles(files: HTMLInputElement): void {
    const names = [...(files.files ?? [])].map((file) => file.name).join(", ");
    const place = this.form.querySelector<HTMLElement>("[data-part=file-names]");
    if (place) place.textContent = names;
  }

  private save(): void {
    this.saveTimer = 0;
    this.saves.ask();
  }

  private async saveNow(): Promise<void> {
    if (!this.form.isConnected) return;
    this.savedAt = Date.now();
    const text = this.replyWords;
    this.tried.add(text.trim());
    try {
      const answer = await fetch(this.form.dataset.draft ?? "", {
        method: "POST",
        headers: { "X-CSRFToken": csrf() },
        body: new URLSearchParams({ text, over: this.kept }),
        keepalive: text.length + this.kept.length < 15_000,
      });
      if (answer.status === 200) return this.join(await answer.text());
      if (answer.ok) this.kept = text;
      if (this.says) this.says = false;
      else this.saved.textContent = answer.ok && text && !this.isNote ? (this.saved.dataset.saved ?? "") : "";
    } catch (trouble) {
      if (!(trouble instanceof TypeError)) throw trouble;
      this.saved.textContent = this.saved.dataset.unsaved ?? "";
      clearTimeout(this.saveTimer);
      this.saveTimer = window.setTimeout(() => this.save(), RETRY_AFTER);
    }
  }

  /** Save at once what has been typed in the last moment. */
  flush(): void {
    if (!this.saveTimer) return;
    clearTimeout(this.saveTimer);
    this.saveTimer = 0;
    if (this.replyWords && this.form.isConnected) void this.saveNow();
  }

  /** What is written to the customer; a note is no draft of it. */
  private get replyWords(): string {
    return this.isNote ? this.beside : this.text;
  }

  /** Take note that no draft lies on the server any more: what lies there next is not known here. */
  private forgetKept(): void {
    this.kept = "";
    this.tried.clear();
  }

  /** Put words of another window, or of a reply that was stopped, before those that stand here. */
  private join(others: string): void {
    const before = this.kept.trim();
    this.kept = others;
    if (this.tried.has(others.trim())) return this.save(); // it was this window's own; its answer was lost
    const own = this.replyWords;
    const joined = joinedDrafts(before, own, others);
    if (this.isNote) {
      this.beside = joined;
    } else {
      const behind = this.field.value.length - this.field.selectionEnd;
      this.field.value = joined;
      this.field.setSelectionRange(joined.length - behind, joined.length - behind);
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.saved.textContent = this.saved.dataset.joined ?? "";
    this.says = !this.isNote; // what was put in is saved in a moment
  }

  /** Look for the words of a reply that waits no more: it has left, or was stopped and is a draft again. */
  followLater(): void {
    const waits = document.querySelector("#timeline .turn-later button") !== null;
    const ended = this.waits && !waits;
    this.waits = waits;
    if (!ended) return;
    this.saves.ask();
    this.form.dispatchEvent(new CustomEvent("given-back", { bubbles: true }));
  }
}

/** How long to wait: so long from now, and until a moment. */
function after(pause: number, moment: number): number {
  return Math.max(pause, moment - Date.now());
}

function clone(id: string): DocumentFragment {
  return (document.getElementById(id) as HTMLTemplateElement).content.cloneNode(true) as DocumentFragment;
}

function fill(root: ParentNode, slot: string, text: string): void {
  for (const place of root.querySelectorAll<HTMLElement>(`[data-slot=${slot}]`)) {
    if (place.textContent !== text) place.textContent = text;
  }
}

function show(root: ParentNode, slot: string, seen: boolean): void {
  for (const place of root.querySelectorAll<HTMLElement>(`[data-when=${slot}]`)) place.hidden = !seen;
}

function digits(value: number, language = document.documentElement.lang): string {
  const text = String(value);
  return language === "fa" ? text.replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[Number(digit)] ?? digit) : text;
}

const MONGOLIAN_WEEKDAYS = ["ням", "даваа", "мягмар", "лхагва", "пүрэв", "баасан", "бямба"];

/** Say a promise's time as the reader does, in the Jalali calendar for Persian. */
function dueWords(promise: Promised): string {
  const language = document.documentElement.lang;
  if (language === "mn") {
    // Browsers do not know how Mongolian dates are written.
    const [day, time] = promise.due_at.split("T") as [string, string];
    const [, month, date] = day.split("-").map(Number);
    const weekday = MONGOLIAN_WEEKDAYS[new Date(`${day}T12:00`).getDay()] ?? "";
    return `${month}-р сарын ${date}, ${weekday}${promise.whole_day ? "" : ` ${time.slice(0, 5)}`}`;
  }
  const locale = { fa: "fa-IR-u-ca-persian", en: "en-GB", tr: "tr-TR" }[language] ?? language;
  const clock: Intl.DateTimeFormatOptions = promise.whole_day ? {} : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", ...clock }).format(
    new Date(promise.due_at),
  );
}

const composers = new WeakMap<HTMLFormElement, Composer>();

export function coachComposers(): void {
  const find = () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-composer]")) {
      const composer = composers.get(form);
      if (composer) composer.followLater();
      else composers.set(form, new Composer(form));
    }
  };
  find();
  document.addEventListener("htmx:afterSwap", find);
  const flush = () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-composer]")) composers.get(form)?.flush();
  };
  window.addEventListener("pagehide", flush);
  document.addEventListener("htmx:beforeSwap", flush);
  document.addEventListener("click", (event) => {
    // Buttons for the mode that stand outside the form, for instance on the keys r and n.
    const mode = (event.target as Element).closest<HTMLElement>("[data-mode-button]");
    // A sentence to begin with, on a new line of the reply.
    const sentence = (event.target as Element).closest<HTMLElement>("[data-insert]")?.dataset.insert;
    const field = document.querySelector<HTMLTextAreaElement>("form[data-composer] textarea[name=text]");
    if (sentence && field) {
      const before = field.value.trimEnd();
      write(field, before ? `\n${sentence} ` : `${sentence} `, before.length, field.value.length);
    }
    if (mode && !mode.closest("form")) document.querySelector<HTMLElement>(`form [data-mode-button=${mode.dataset.modeButton}]`)?.click();
  });
}
