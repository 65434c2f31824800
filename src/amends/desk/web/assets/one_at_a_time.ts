// Asks for one thing at a time: what comes up meanwhile is asked for once, after the answer. A desk that is behind is
// asked as often as it answers, and of two answers the older one never comes last. No page is touched here.

const LOST = 20_000; // milliseconds: no answer comes any more

export class OneAtATime {
  private going: AbortController | undefined; // the question that has no answer yet
  private since = 0;
  private again = false;

  constructor(
    private readonly question: (signal: AbortSignal) => Promise<void>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Ask now, or after the answer to what was asked before. */
  ask(): void {
    if (this.going && this.now() - this.since < LOST) {
      this.again = true;
      return;
    }
    this.stop();
    void this.go();
  }

  /** Nobody wants the answer any more, nor the next one. */
  stop(): void {
    this.going?.abort();
    this.going = undefined;
    this.again = false;
  }

  private async go(): Promise<void> {
    const going = new AbortController();
    this.going = going;
    this.since = this.now();
    try {
      await this.question(going.signal);
    } finally {
      if (this.going === going) {
        const { again } = this;
        this.going = undefined;
        this.again = false;
        if (again) this.ask();
      }
    }
  }
}
