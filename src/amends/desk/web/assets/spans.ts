// Places in a text. The desk counts code points, the browser UTF-16 units; and places move while somebody types.

export interface Span {
  start: number;
  end: number;
}

/** Turn places counted in code points into places in a JavaScript string. */
export function toUnits<S extends Span>(text: string, spans: readonly S[]): S[] {
  const units: number[] = [];
  let place = 0;
  for (const letter of text) {
    units.push(place);
    place += letter.length;
  }
  units.push(place);
  const at = (point: number) => units[Math.min(Math.max(point, 0), units.length - 1)] ?? place;
  return spans.map((span) => ({ ...span, start: at(span.start), end: at(span.end) }));
}

/** Turn a place in a JavaScript string into one counted in code points. */
export function toPoints(text: string, unit: number): number {
  return [...text.slice(0, unit)].length;
}

/** Move spans along when a text was edited; those whose words were touched are gone. */
export function moved<S extends Span>(before: string, after: string, spans: readonly S[]): S[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const by = after.length - before.length;
  const kept: S[] = [];
  for (const span of spans) {
    if (span.end <= head) kept.push(span);
    else if (span.start >= before.length - tail) kept.push({ ...span, start: span.start + by, end: span.end + by });
  }
  return kept;
}
