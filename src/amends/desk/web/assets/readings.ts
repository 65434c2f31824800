// Two readings of one draft. Cues answer at once; the full reading follows and knows better. While somebody types on,
// cues read again and again: what they alone see must not come and go with every key.
import type { Span } from "./spans";

export interface Judged extends Span {
  id: string;
  name: string;
  hint: boolean;
  full?: boolean; // said by the full reading
}

/** Failings before hints, each in the order of the text. */
export function inOrder<F extends Judged>(findings: readonly F[]): F[] {
  return [...findings].sort(
    (one, other) => Number(one.hint) - Number(other.hint) || one.start - other.start || one.end - other.end,
  );
}

/**
 * What is shown when cues have read: what the full reading said stays as long as its words stand, and what it did not
 * confirm stays away.
 */
export function afterCues<F extends Judged>(shown: readonly F[], cues: readonly F[], doubted: ReadonlySet<string>): F[] {
  const kept = shown.filter((one) => one.full);
  const told = (one: F) =>
    doubted.has(one.id) ||
    kept.some(
      (other) => other.id === one.id || (other.name === one.name && other.start < one.end && one.start < other.end),
    );
  return inOrder([...kept, ...cues.filter((one) => !told(one))]);
}

/** What is shown when the full reading has come, with the one finding that somebody is busy with just now. */
export function afterFull<F extends Judged>(full: readonly F[], busy: F | undefined): F[] {
  const found = full.map((one) => ({ ...one, full: true }));
  return inOrder(busy && !found.some((one) => one.id === busy.id) ? [...found, busy] : found);
}

/** Remember what cues saw and the full reading did not; what it says after all is doubted no more. */
export function doubts<F extends Judged>(before: ReadonlySet<string>, shown: readonly F[], full: readonly F[]): Set<string> {
  const said = new Set(full.map((one) => one.id));
  const alone = shown.filter((one) => !one.full).map((one) => one.id);
  return new Set([...before, ...alone].filter((id) => !said.has(id)));
}

/** Join what two windows wrote: what both began stands once, and no word of either is lost. */
export function joinedDrafts(before: string, own: string, others: string): string {
  if (before && others.includes(before)) return others.replace(before, () => own.trim()).trim();
  return others.includes(own.trim()) ? others : `${others}\n\n${own}`;
}
