// Words that the desk puts into a field, as if they had been typed: Ctrl Z takes them back, and nothing else with them.
// Who sets the value of a field leaves its history behind, and the next undo or redo makes a mess of the words.

/** Put words where others stand, and the caret behind them; whoever listens for typing hears of it. */
export function write(field: HTMLTextAreaElement, words: string, from: number, to: number): void {
  field.focus();
  field.setSelectionRange(from, to);
  const before = field.value;
  // Old as it is, there is no other door into a field's history.
  if (document.execCommand(words ? "insertText" : "delete", false, words) && field.value !== before) return;
  if (field.value.slice(from, to) === words) return field.setSelectionRange(from + words.length, from + words.length);
  field.setRangeText(words, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
