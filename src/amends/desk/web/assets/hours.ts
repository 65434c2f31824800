// A time of day is typed: '9', '930', '17:30', '۱۷:۳۰'. What was typed is written out when the field is left, and arrows
// go half an hour on or back. The server reads the same by itself; without this program nothing is lost.

import { digits, minutesOf, stepped, written } from "./calendar";

function put(field: HTMLInputElement, minutes: number): void {
  field.value = digits(written(minutes), document.documentElement.lang.slice(0, 2));
}

/** Help with every field for a time of day, those that come later too. */
export function hours(): void {
  const hourOf = ({ target }: Event) => (target instanceof HTMLInputElement && "hour" in target.dataset ? target : undefined);
  document.addEventListener("change", (event) => {
    const field = hourOf(event);
    const minutes = field ? minutesOf(field.value) : undefined;
    if (field && minutes !== undefined) put(field, minutes);
  }, true);
  document.addEventListener("keydown", (event) => {
    const field = hourOf(event);
    const minutes = field ? minutesOf(field.value) : undefined;
    if (!field || minutes === undefined || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    put(field, stepped(minutes, event.key === "ArrowUp"));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
