import type { CaseResult, RunProgress } from '../harness/verdict/result.js';
import type { Style } from './style.js';
import { duration } from './text.js';

/** Where progress goes: `process.stderr`, or what stands in for it. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 100;
const TICK_MS = 1000;
const LINE_EVERY_MS = 5000;
/** The rate shown is that of so many milliseconds past. */
const RATE_WINDOW_MS = 5000;
const ERASE_LINE = '\r\u001b[K';

/**
 * Shows how far a run is: on a terminal one line that is drawn over and at last erased, elsewhere a line every
 * five seconds at most. Call {@link ProgressLine.stop} before anything else is written to the stream.
 */
export class ProgressLine implements RunProgress {
  readonly #startedAt: number;
  readonly #ticker: NodeJS.Timeout | undefined;
  #writtenAt: number;
  #recent: number[] = [];
  #done = 0;
  #total = 0;
  #failures = 0;
  #isDrawn = false;

  /**
   * @param stream where to write
   * @param style colours
   * @param quiet true to write nothing
   * @param now a clock in milliseconds
   */
  constructor(
    private readonly stream: ProgressStream,
    private readonly style: Style,
    private readonly quiet: boolean,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#startedAt = now();
    this.#writtenAt = this.#startedAt;
    if (stream.isTTY && !quiet) {
      // A run that waits for the target still shows the time passing.
      this.#ticker = setInterval(() => this.#draw(), TICK_MS).unref();
    }
  }

  /** Counts a case that ended. */
  caseEnded(result: CaseResult, done: number, total: number): void {
    if (this.quiet) return;
    const time = this.now();
    this.#done = done;
    this.#total = total;
    if (result.outcome === 'fail' || result.outcome === 'error') this.#failures += 1;
    this.#recent = this.#recent.filter((at) => time - at < RATE_WINDOW_MS);
    this.#recent.push(time);
    if (this.stream.isTTY) {
      if (!this.#isDrawn || time - this.#writtenAt >= REDRAW_MS) this.#draw();
    } else if (time - this.#writtenAt >= LINE_EVERY_MS) {
      this.#writtenAt = time;
      this.stream.write(`${this.#plainLine(time)}\n`);
    }
  }

  /** Erases the line and writes nothing any more. */
  stop(): void {
    clearInterval(this.#ticker);
    if (this.#isDrawn) this.stream.write(ERASE_LINE);
    this.#isDrawn = false;
  }

  #draw(): void {
    if (this.#total === 0) return;
    const time = this.now();
    this.#writtenAt = time;
    this.#isDrawn = true;
    const line = this.#plainLine(time).slice(0, (this.stream.columns ?? 80) - 1);
    const tint = this.#failures > 0 ? this.style.colors.red : this.style.colors.green;
    this.stream.write(`${ERASE_LINE}${tint(line)}`);
  }

  #plainLine(time: number): string {
    const percent = Math.floor((100 * this.#done) / Math.max(1, this.#total));
    const elapsed = time - this.#startedAt;
    const window = Math.max(1, Math.min(RATE_WINDOW_MS, elapsed));
    const recent = this.#recent.filter((at) => time - at < RATE_WINDOW_MS).length;
    const rate = ((recent * 1000) / window).toFixed(recent * 1000 >= 10 * window ? 0 : 1);
    return `${this.#done}/${this.#total} cases, ${percent} %, ${this.#failures} failed, ${duration(elapsed)}, ${rate} cases/s`;
  }
}
