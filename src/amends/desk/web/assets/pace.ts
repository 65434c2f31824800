// When a page draws its list anew: the sooner the more it is about its reader, the later the more pages are open and
// the longer answers take; one at a time; and not while nobody sees it. No page is touched here.

export const CALM = 4_000; // between two drawings for the sake of others' complaints, and as much again by chance
export const OWN_CALM = 180_000; // of a list in which they change nothing but how long ago things were
const SLOWLY = 4; // times what the last answer took: so much of a desk that is behind is left to others
const MINE = 0.1; // of the calm, between two drawings of what is the reader's own
const SEEN = 0.5; // and of what stands in sight
const LOST = 120_000; // no answer comes any more

// The reader's own; what was drawn already, as far as that is known; in sight; in this list; elsewhere.
export type Nearness = "mine" | "again" | "seen" | "near" | "far";

export interface Standing {
  calm: number; // as the desk told it: more where many pages are open
  took: number; // the last answer
  since: number; // that answer
}

/** For how long a page waits before it draws, in milliseconds; `chance` is from 0 to 1. */
export function wait(nearness: Nearness, { calm, took, since }: Standing, chance: number): number {
  const isMany = calm > CALM;
  const atOnce = nearness === "mine" || (nearness === "seen" && !isMany);
  const share = { mine: MINE, seen: isMany ? SEEN : MINE, again: 1, near: 1, far: 1 }[nearness];
  const rest = nearness === "far" && isMany ? Math.max(calm, OWN_CALM) : share * calm;
  const left = Math.max(rest, SLOWLY * took) - since;
  if (atOnce || (left <= 0 && !isMany && nearness !== "again")) return Math.max(left, 0);
  // Where hundreds of pages are open they do not all begin in the moment in which something happens.
  return Math.max(left, 0) + chance * rest;
}

export interface Clock {
  now(): number;
  after(milliseconds: number, act: () => void): number;
  not(timer: number): void;
  chance(): number;
}

interface Due {
  at: number;
  timer: number;
  whole: boolean;
  isMine: boolean;
}

/** The drawings of one page. */
export class Pace {
  private took = 0;
  private last = -Infinity; // when it drew, or had the answer
  private whole: number; // when all of the list was drawn
  private asked = 0; // when the question was asked that has no answer yet
  private due?: Due;
  private readonly heard = new Map<Nearness, number>(); // while a question had no answer
  private unseen = false; // something was not drawn because nobody saw the page

  /** `draw` draws the whole list, or only what stands around it; `isOwn` says whether it is a list of one's own. */
  constructor(
    private readonly draw: (whole: boolean) => void,
    private readonly isOwn: () => boolean,
    private readonly isHidden: () => boolean,
    private readonly clock: Clock,
  ) {
    this.whole = clock.now();
  }

  /** Something happened: draw in time. */
  hear(nearness: Nearness, calm: number): void {
    const now = this.clock.now();
    if (this.asked && now - this.asked < LOST) {
      this.heard.set(nearness, calm);
      return;
    }
    if (this.asked) this.begin();
    const isMine = nearness === "mine";
    const isOthers = (nearness === "near" || nearness === "far") && this.isOwn();
    const whole = !isOthers || now - this.whole >= OWN_CALM || (this.due?.whole ?? false);
    const pause = wait(nearness, { calm, took: this.took, since: now - this.last }, this.clock.chance());
    if (this.due && this.due.at <= now + pause) {
      this.due.whole = whole;
      this.due.isMine ||= isMine;
      return;
    }
    if (this.due) this.clock.not(this.due.timer);
    this.due = { at: now + pause, timer: 0, whole, isMine };
    if (pause > 0) this.due.timer = this.clock.after(pause, () => this.fall());
    else this.fall();
  }

  /** The page asks, whoever wanted it to: for the whole list, or for what stands around it. */
  ask(whole: boolean): void {
    if (this.due && (whole || !this.due.whole)) {
      this.clock.not(this.due.timer);
      this.due = undefined;
    }
    this.asked ||= this.clock.now();
    if (whole) this.whole = this.clock.now();
  }

  /** An answer came, or none will. */
  hasAnswer(): void {
    if (!this.asked) return;
    this.last = this.clock.now();
    this.took = this.last - this.asked;
    this.begin();
  }

  /** Wait for nothing, and hear what was told meanwhile. */
  private begin(): void {
    this.asked = 0;
    const heard = [...this.heard];
    this.heard.clear();
    for (const [nearness, calm] of heard) this.hear(nearness, calm);
  }

  /** The page is seen again. */
  see(): void {
    if (!this.unseen) return;
    this.unseen = false;
    this.draw(true);
  }

  private fall(): void {
    const { whole, isMine } = this.due ?? { whole: true, isMine: false };
    this.due = undefined;
    this.last = this.clock.now();
    if (!this.isHidden()) {
      this.draw(whole);
      return;
    }
    this.unseen = true;
    if (isMine) this.draw(false); // the browser may have something to tell
  }
}
