// Words of the customer that are selected in a message are pinned beside the person, so that nobody asks for them twice.

import htmx from "htmx.org";
import { chosen, messageOf } from "./quoting";

function pin(): void {
  const what = chosen();
  const event = what && messageOf(what);
  const number = document.querySelector<HTMLElement>("form[data-composer]")?.dataset.composer;
  if (!what || !event || !number) return;
  getSelection()?.removeAllRanges();
  const values = { event, words: what.words.replace(/\s+/g, " ") };
  void htmx.ajax("post", `/desk/${number}/pin/`, { values, swap: "none", source: document.body });
}

export function pinning(): void {
  document.getElementById("pin-button")?.addEventListener("click", pin);
}
