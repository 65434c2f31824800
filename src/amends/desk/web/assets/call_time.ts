// The time of a call: how long it lasts, and how long of it the customer waits on hold. Every moment is one of the
// server's clock, in milliseconds, and is handed in.

export interface CallTime {
  began: number;
  away: number; // milliseconds for which the clock stood
  stopped: number | null; // since when it stands
  over: boolean;
  holds: number[]; // seconds of each hold that has ended
  heldSince: number | null;
}

export function begin(now: number): CallTime {
  return { began: now, away: 0, stopped: null, over: false, holds: [], heldSince: null };
}

/** Seconds for which the call has lasted; never less than its holds. */
export function spoken(call: CallTime, now: number): number {
  return Math.max(0, Math.floor(((call.stopped ?? now) - call.began - call.away) / 1000));
}

/** Seconds of the hold that goes on; 0 without one. */
export function holding(call: CallTime, now: number): number {
  return call.heldSince === null ? 0 : Math.max(0, Math.floor((now - call.heldSince) / 1000));
}

/** Seconds of all holds, the one that goes on counted. */
export function held(call: CallTime, now: number): number {
  return call.holds.reduce((sum, one) => sum + one, holding(call, now));
}

/** The minutes that are written down: begun ones count, so that no hold is longer than the call. */
export function minutes(call: CallTime, now: number): number {
  return Math.max(1, Math.ceil(spoken(call, now) / 60));
}

/** The same minutes in the reader's digits, for the field in which they are corrected by hand. */
export function writtenMinutes(call: CallTime, now: number, lang: string): string {
  return new Intl.NumberFormat(lang, { useGrouping: false }).format(minutes(call, now));
}

export function hold(call: CallTime, now: number): CallTime {
  return call.stopped !== null || call.heldSince !== null ? call : { ...call, heldSince: now };
}

/** Back on the line; a hold of less than a second was a slip. */
export function back(call: CallTime, now: number): CallTime {
  const lasted = holding(call, now);
  return { ...call, holds: lasted > 0 ? [...call.holds, lasted] : call.holds, heldSince: null };
}

/** Stop the clock; a hold ends with it. */
export function stop(call: CallTime, now: number, over = false): CallTime {
  return { ...back(call, now), stopped: call.stopped ?? now, over };
}

export function goOn(call: CallTime, now: number): CallTime {
  return call.stopped === null ? call : { ...call, away: call.away + now - call.stopped, stopped: null, over: false };
}

/** '1:05', '1:02:05': each part in the reader's digits. */
export function written(seconds: number, lang: string): string {
  const digits = new Intl.NumberFormat(lang, { useGrouping: false });
  const two = new Intl.NumberFormat(lang, { useGrouping: false, minimumIntegerDigits: 2 });
  const hours = Math.floor(seconds / 3600);
  const rest = Math.floor(seconds / 60) % 60;
  const parts = hours ? [digits.format(hours), two.format(rest)] : [digits.format(rest)];
  return [...parts, two.format(seconds % 60)].join(":");
}
