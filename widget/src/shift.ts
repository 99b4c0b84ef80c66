// Leaving with the keyboard, as on GOV.UK: Shift, three times, each within five seconds, with nothing else in between.

export const PRESSES = 3;
export const PAUSE = 5000;

/** Counts presses of Shift alone. Times are in milliseconds. */
export class ShiftCounter {
  private count = 0;
  private last = 0;
  private mixed = true;

  /** A key or the mouse went down. True when that ends a count that had begun. */
  down(key: string, repeated = false): boolean {
    if (key === "Shift") {
      if (!repeated) this.mixed = false;
      return false;
    }
    const began = this.count > 0;
    this.mixed = true;
    this.count = 0;
    return began;
  }

  /** A key came up: how many presses are still needed, or nothing when this was none. */
  up(key: string, now: number): number | undefined {
    if (key !== "Shift" || this.mixed) return undefined;
    if (now - this.last > PAUSE) this.count = 0;
    this.mixed = true;
    this.last = now;
    this.count += 1;
    const left = PRESSES - this.count;
    if (left === 0) this.count = 0;
    return left;
  }

  /** Whether a count was begun and then left alone too long; it starts again. */
  forgotten(now: number): boolean {
    if (!this.count || now - this.last < PAUSE) return false;
    this.count = 0;
    return true;
  }
}
