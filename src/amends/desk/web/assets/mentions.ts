// Naming a colleague in a note or a question: `@` and the beginning of a name offers people. Who was chosen goes along by number, and
// is dropped when their name stands there no more; the server holds both against each other once more.
import { write } from "./writing";

interface Person {
  id: number;
  name: string;
  latin: string; // how who does not read the name's letters knows it
  team: string;
  presence: string;
  standing: string; // the same in words
}

const ASK_AFTER = 80;
const LONGEST = 40; // characters of a name that are looked for
// At the beginning of a word: 'me@mail' names nobody.
const TYPED = new RegExp(`(?:^|[\\s([{«“„"'\\u200e\\u200f\\u2066-\\u2069])@([^\\s@][^@\\n]{0,${LONGEST - 1}})?$`, "u");

/** Where somebody is being named before the caret, and what of the name is there already. */
export function begun(before: string): { at: number; words: string } | undefined {
  const match = TYPED.exec(before);
  if (!match) return undefined;
  const words = match[1] ?? "";
  return { at: before.length - words.length - 1, words };
}

/** Who of the chosen ones still stands in the words. */
export function standing<P extends { name: string }>(text: string, chosen: readonly P[]): P[] {
  return chosen.filter((person) => text.includes(`@${person.name}`));
}

class Naming {
  private chosen: Person[] = [];
  private offered: Person[] = [];
  private list: HTMLElement | undefined;
  private now = 0; // the place of the one that Enter takes
  private at = -1; // where the @ stands
  private left = -1; // the @ whose list was sent away with Escape
  private nobody: string | undefined; // with this beginning there is nobody, nor with any longer one
  private timer = 0;
  private asked: AbortController | undefined;

  constructor(private readonly field: HTMLTextAreaElement) {}

  get isOpen(): boolean {
    return this.list !== undefined;
  }

  typed(): void {
    const before = this.chosen.length;
    this.chosen = standing(this.field.value, this.chosen);
    if (this.chosen.length < before) this.keep();
    this.look();
  }

  /** Offer people where one is being named, and go away where none is. */
  look(): void {
    const caret = this.field.selectionStart;
    const found =
      ("naming" in this.field.dataset || this.field.form?.dataset.mode === "note") && caret === this.field.selectionEnd
        ? begun(this.field.value.slice(0, caret))
        : undefined;
    if (!found) {
      this.left = -1;
      this.nobody = undefined;
      return this.close();
    }
    if (found.at !== this.at) this.nobody = undefined;
    this.at = found.at;
    const isDone = this.chosen.some((person) => found.words.startsWith(person.name));
    const isNobody = this.nobody !== undefined && found.words.startsWith(this.nobody);
    if (isDone || isNobody || found.at === this.left) return this.close();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(found.words), ASK_AFTER);
  }

  private async ask(words: string): Promise<void> {
    const model = document.querySelector<HTMLTemplateElement>("#mention-list");
    const address = model?.dataset.people;
    if (!address) return;
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await fetch(`${address}?${new URLSearchParams({ q: words })}`, { signal: this.asked.signal });
      if (!answer.ok || !this.field.isConnected) return;
      this.offered = ((await answer.json()) as { people: Person[] }).people;
    } catch (trouble) {
      if (!(trouble instanceof DOMException) && !(trouble instanceof TypeError)) throw trouble;
      return; // the line is down, or more was typed
    }
    if (!this.offered.length) {
      this.nobody = words;
      return this.close();
    }
    this.now = 0;
    this.draw();
  }

  private draw(): void {
    if (!this.list) {
      const model = document.querySelector<HTMLTemplateElement>("#mention-list")?.content.firstElementChild;
      const box = this.field.closest(".composer-box, .form-row");
      if (!model || !box || document.activeElement !== this.field) return;
      this.list = model.cloneNode(true) as HTMLElement;
      this.list.id = "mention-choices";
      this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the caret
      this.list.addEventListener("click", (event) => {
        const option = (event.target as Element).closest<HTMLElement>("[role=option]");
        if (option) this.choose(Number(option.dataset.place));
      });
      box.append(this.list);
      this.field.setAttribute("role", "combobox");
      this.field.setAttribute("aria-autocomplete", "list");
      this.field.setAttribute("aria-haspopup", "listbox");
      this.field.setAttribute("aria-expanded", "true");
      this.field.setAttribute("aria-controls", this.list.id);
    }
    this.list.replaceChildren(...this.offered.map((person, place) => option(person, place)));
    this.point(this.now);
  }

  private point(place: number): void {
    const options = [...(this.list?.children ?? [])];
    this.now = (place + options.length) % Math.max(options.length, 1);
    options.forEach((one, index) => one.setAttribute("aria-selected", String(index === this.now)));
    const chosen = options[this.now];
    if (!chosen) return;
    this.field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  private choose(place: number): void {
    const person = this.offered[place];
    if (!person) return;
    const end = this.field.selectionStart;
    const space = /^\s/.test(this.field.value.slice(end)) ? "" : " ";
    this.chosen = [...this.chosen.filter((one) => one.id !== person.id), person];
    this.keep();
    this.close();
    write(this.field, `@${person.name}${space}`, this.at, end);
  }

  /** Write who was chosen into the form. */
  private keep(): void {
    const form = this.field.form;
    if (!form) return;
    let hidden = form.querySelector<HTMLInputElement>("input[name=people]");
    if (!hidden) {
      hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = "people";
      form.append(hidden);
    }
    hidden.value = this.chosen.map((person) => person.id).join(",");
  }

  close(): void {
    clearTimeout(this.timer);
    this.asked?.abort();
    if (!this.list) return;
    this.list.remove();
    this.list = undefined;
    for (const name of ["role", "aria-autocomplete", "aria-haspopup", "aria-expanded", "aria-controls", "aria-activedescendant"]) {
      this.field.removeAttribute(name);
    }
  }

  /** Take a key that is meant for the list; tell whether it was. */
  pressed(event: KeyboardEvent): boolean {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.point(this.now + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.now);
    else if (event.key === "Escape") {
      this.left = this.at;
      this.close();
    } else return false;
    return true;
  }
}

function option(person: Person, place: number): HTMLElement {
  const line = document.createElement("div");
  line.id = `mention-choice-${place}`;
  line.className = "mention-choice";
  line.setAttribute("role", "option");
  line.dataset.place = String(place);
  const say = (css: string, words: string, tag = "bdi") => {
    if (!words) return;
    const part = document.createElement(tag);
    part.className = css;
    part.textContent = words;
    line.append(part, " ");
  };
  say("mention-name", person.name);
  say("mention-aside", person.latin);
  say("mention-aside", person.team);
  say(`mention-standing mention-${person.presence}`, person.standing, "span"); // in the page's own language
  return line;
}

const FIELD = "form[data-composer] textarea[name=text], textarea[data-naming]";
const namings = new WeakMap<HTMLTextAreaElement, Naming>();

function namingOf(target: EventTarget | null): Naming | undefined {
  if (!(target instanceof HTMLTextAreaElement) || !target.matches(FIELD)) return undefined;
  const known = namings.get(target) ?? new Naming(target);
  namings.set(target, known);
  return known;
}

export function mentions(): void {
  document.addEventListener("input", (event) => namingOf(event.target)?.typed());
  document.addEventListener("click", (event) => namingOf(event.target)?.look());
  document.addEventListener("keyup", (event) => {
    if (/^(ArrowLeft|ArrowRight|Home|End)$/.test(event.key)) namingOf(event.target)?.look();
  });
  document.addEventListener("focusout", (event) => namingOf(event.target)?.close());
  // Before anybody else hears of the key: Enter writes no line and Escape closes nothing but the list.
  document.addEventListener(
    "keydown",
    (event) => {
      const naming = namingOf(event.target);
      const plain = !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
      if (!naming?.isOpen || !plain || !naming.pressed(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}
