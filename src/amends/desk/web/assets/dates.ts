// A day, or a day and an hour, chosen on a page of the reader's calendar. The field stays the browser's own and keeps the
// value; without this program it is chosen as the browser lets one.

import {
  dayWords, digits, later, minutesOf, monthsOn, monthWords, placeOf, read, weekBegins, weekdayWords, weeksOf, write, written,
} from "./calendar";

const FIELDS = "input[type=date]:not([data-dated]), input[type=datetime-local]:not([data-dated])";
const language = () => document.documentElement.lang.slice(0, 2);
const words = () => document.getElementById("date-words")?.dataset ?? {};

function make<Name extends keyof HTMLElementTagNameMap>(name: Name, css: string, text = ""): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}

class Dated {
  private readonly page = make("div", "dates sheet");
  private readonly anchor: HTMLElement;
  private readonly own: HTMLButtonElement | undefined;
  private readonly hasTime: boolean;
  private hand: Date;
  private leaving = false; // the browser gives the focus back to the field, which must not open it again

  constructor(private readonly field: HTMLInputElement) {
    field.dataset.dated = "";
    field.tabIndex = -1;
    this.hasTime = field.type === "datetime-local";
    this.hand = read(field.value) ?? this.today();
    const chip = field.closest(".chip")?.querySelector<HTMLElement>(".chip-due");
    if (chip) this.anchor = chip;
    else {
      this.own = make("button", `input date-button${field.classList.contains("input-sm") ? " input-sm" : ""}`);
      this.own.type = "button";
      this.own.setAttribute("aria-haspopup", "dialog");
      this.own.addEventListener("click", () => this.open());
      this.anchor = this.own;
      field.after(this.own);
    }
    field.classList.add("date-kept");
    field.setAttribute("aria-hidden", "true");
    this.page.popover = "auto";
    this.page.setAttribute("role", "dialog");
    this.page.setAttribute("aria-label", words().choose ?? "");
    (this.own ?? field).after(this.page);
    this.page.addEventListener("keydown", (event) => this.pressed(event));
    this.page.addEventListener("beforetoggle", (event) => {
      this.leaving = (event as ToggleEvent).newState === "closed";
    });
    this.page.addEventListener("toggle", (event) => {
      this.leaving = false;
      const hand = document.activeElement;
      const isHere = this.page.contains(hand) || hand === this.field;
      if ((event as ToggleEvent).newState === "closed" && isHere) this.anchor.focus();
    });
    field.addEventListener("focus", () => {
      if (this.own) this.own.focus();
      else if (!this.leaving) this.open();
    });
    field.addEventListener("input", () => this.say());
    field.addEventListener("change", () => this.say());
    this.say();
  }

  private today(): Date {
    const now = new Date();
    return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
  }

  private say(): void {
    if (!this.own) return;
    const day = read(this.field.value);
    const said = day ? dayWords(day, language(), this.hasTime ? this.field.value.slice(11, 16) : "") : (words().choose ?? "");
    this.own.textContent = said;
    this.own.classList.toggle("date-empty", !day);
    const label = this.field.getAttribute("aria-label") ?? this.field.labels?.[0]?.textContent?.trim() ?? "";
    this.own.setAttribute("aria-label", label ? `${label}: ${said}` : said);
    this.own.toggleAttribute("disabled", this.field.disabled);
  }

  private open(): void {
    this.hand = read(this.field.value) ?? this.today();
    this.draw();
    this.page.showPopover();
    const by = this.anchor.getBoundingClientRect();
    const size = this.page.getBoundingClientRect();
    const rtl = document.documentElement.dir === "rtl";
    const left = rtl ? by.right - size.width : by.left;
    const below = by.bottom + 6 + size.height <= innerHeight;
    this.page.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
    this.page.style.top = `${below ? by.bottom + 6 : Math.max(8, by.top - size.height - 6)}px`;
    this.reach();
  }

  private reach(): void {
    this.page.querySelector<HTMLElement>("[tabindex='0'][data-day]")?.focus();
  }

  private draw(): void {
    const now = language();
    const head = make("div", "dates-head");
    head.append(
      this.turn("‹", words().before ?? "", -1),
      Object.assign(make("strong", "", monthWords(this.hand, now)), { ariaLive: "polite" }),
      this.turn("›", words().after ?? "", 1),
    );
    const table = make("table", "dates-month");
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", monthWords(this.hand, now));
    const weeks = weeksOf(this.hand, now);
    const names = make("tr", "");
    for (const day of weeks[0] ?? []) {
      const name = make("th", "", weekdayWords(day, now));
      name.scope = "col";
      names.append(name);
    }
    table.append(names, ...weeks.map((week) => this.week(week)));
    const parts: HTMLElement[] = [head, table];
    if (this.hasTime) parts.push(this.times());
    this.page.replaceChildren(...parts);
  }

  private turn(sign: string, said: string, months: number): HTMLButtonElement {
    const button = make("button", "btn btn-bare btn-sm btn-square", sign);
    button.type = "button";
    button.setAttribute("aria-label", said);
    button.addEventListener("click", () => {
      this.hand = monthsOn(this.hand, months, language());
      this.draw();
      this.page.querySelectorAll<HTMLElement>(".dates-head button")[months > 0 ? 1 : 0]?.focus();
    });
    return button;
  }

  private week(week: Date[]): HTMLTableRowElement {
    const row = make("tr", "");
    const now = language();
    const month = placeOf(this.hand, now).month;
    const chosen = read(this.field.value)?.getTime();
    for (const day of week) {
      const cell = make("td", "");
      const place = placeOf(day, now);
      const button = make("button", "dates-day", digits(place.day, now));
      button.type = "button";
      button.dataset.day = write(day);
      button.tabIndex = day.getTime() === this.hand.getTime() ? 0 : -1;
      button.classList.toggle("dates-other", place.month !== month);
      button.setAttribute("aria-label", dayWords(day, now));
      if (day.getTime() === this.today().getTime()) button.setAttribute("aria-current", "date");
      cell.setAttribute("aria-selected", String(day.getTime() === chosen));
      const [from, to] = [read(this.field.min), read(this.field.max)];
      button.disabled = (from !== undefined && day < from) || (to !== undefined && day > to);
      button.addEventListener("click", () => this.choose(day));
      cell.append(button);
      row.append(cell);
    }
    return row;
  }

  private times(): HTMLElement {
    const line = make("div", "dates-time");
    const field = make("input", "input input-sm hour");
    field.dataset.hour = "";
    field.value = digits(this.field.value.slice(11, 16) || "09:00", language());
    field.inputMode = "numeric";
    field.autocomplete = "off";
    field.dir = "ltr";
    field.setAttribute("aria-label", words().hour ?? "");
    const set = () => {
      const time = this.time(field);
      field.value = digits(time, language()); // what is no hour does not stay as if it counted
      this.set(read(this.field.value) ?? this.hand, time);
    };
    field.addEventListener("change", set);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // the form around it is not sent
      set();
      this.close();
    });
    const done = make("button", "btn btn-primary btn-sm", words().done ?? "");
    done.type = "button";
    done.addEventListener("click", () => {
      set();
      this.close();
    });
    line.append(field, done);
    return line;
  }

  /** The hour that was typed; what is none leaves the one that was. */
  private time(field: HTMLInputElement): string {
    const minutes = minutesOf(field.value);
    return minutes === undefined ? this.field.value.slice(11, 16) || "09:00" : written(minutes);
  }

  private choose(day: Date): void {
    this.hand = day;
    const hour = this.page.querySelector<HTMLInputElement>("input[data-hour]");
    this.set(day, hour ? this.time(hour) : "");
    if (!this.hasTime) return this.close();
    this.draw();
    this.reach();
  }

  private set(day: Date, time: string): void {
    this.field.value = this.hasTime ? `${write(day)}T${time}` : write(day);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private close(): void {
    this.page.hidePopover();
    this.anchor.focus();
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation(); // the sheet around it stays open
      event.preventDefault();
      return this.close();
    }
    if (!(event.target as HTMLElement).dataset.day) return;
    const now = language();
    const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
    const inWeek = (this.hand.getUTCDay() - weekBegins(now) + 7) % 7;
    const to: Record<string, () => Date> = {
      ArrowRight: () => later(this.hand, ahead),
      ArrowLeft: () => later(this.hand, -ahead),
      ArrowDown: () => later(this.hand, 7),
      ArrowUp: () => later(this.hand, -7),
      Home: () => later(this.hand, -inWeek),
      End: () => later(this.hand, 6 - inWeek),
      PageDown: () => monthsOn(this.hand, event.shiftKey ? 12 : 1, now),
      PageUp: () => monthsOn(this.hand, event.shiftKey ? -12 : -1, now),
    };
    const go = to[event.key];
    if (!go) return;
    event.preventDefault();
    event.stopPropagation();
    this.hand = go();
    this.draw();
    this.reach();
  }
}

/** Lay the calendar on every field for a day, those that come later too. */
export function dates(): void {
  const look = () => document.querySelectorAll<HTMLInputElement>(FIELDS).forEach((field) => new Dated(field));
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}
