/** Ctrl-C and SIGTERM as a signal that ends a run early; a second one ends the process. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

/** Listens for Ctrl-C and SIGTERM until released. */
export function listenForInterrupt(): Interrupt {
  const abort = new AbortController();
  const onSignal = () => {
    if (abort.signal.aborted) process.exit(2);
    abort.abort('Interrupted; the report holds the cases played so far.');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: abort.signal,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
