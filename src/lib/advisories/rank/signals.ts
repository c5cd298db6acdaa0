import type { SignalReader } from '#model/ports.ts';
import type { EpssSignal, KnownExploitedSignal, Signal } from '#model/signal.ts';
import type { Exploitation } from './risk.ts';

export interface KnownSignals extends Exploitation {
  /** Known exploitation first, each catalogue once; then EPSS. */
  readonly signals: readonly Signal[];
}

/** What is known of any of these names: of several the worst counts. */
export function signalsOf(names: readonly string[], readers: readonly SignalReader[]): KnownSignals {
  const found = readers.flatMap((reader) => names.flatMap((name) => reader.signals(name)));
  const catalogues = new Map<string, KnownExploitedSignal>();
  let epss: EpssSignal | null = null;
  for (const signal of found) {
    if (signal.kind === 'epss') {
      epss = epss === null || signal.probability > epss.probability ? signal : epss;
    } else if (catalogues.get(signal.catalogue)?.ransomware !== true) {
      catalogues.set(signal.catalogue, signal);
    }
  }
  const all = [...catalogues.values()];
  const exploited = all.find(({ ransomware }) => ransomware) ?? all[0] ?? null;
  return { signals: [...all, ...(epss === null ? [] : [epss])], epss, exploited };
}
