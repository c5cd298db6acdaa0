import type { Clock } from '#base/clock.ts';
import { isAppError, messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';

/** Something that has to answer for the server to be of use; throws what is wrong. */
export type Probe = (signal: AbortSignal) => Promise<void>;

export interface Readiness {
  readonly isReady: boolean;
  /** `ok`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
}

/** So that whoever asks often does not make the store answer as often. */
const KEPT_MS = 2000;
const PROBE_MS = 5000;

/** Whether all probes pass: asked anew when the last answer is older than two seconds, once for all who ask meanwhile. */
export function readiness(
  probes: Readonly<Record<string, Probe>>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): () => Promise<Readiness> {
  let asked: { readonly at: number; readonly answer: Promise<Readiness> } | null = null;
  return async () => {
    const now = clock.now();
    if (asked === null || now - asked.at >= KEPT_MS || now < asked.at) {
      asked = { at: now, answer: askAll(probes, log) };
    }
    return await asked.answer;
  };
}

async function askAll(probes: Readonly<Record<string, Probe>>, log: Log): Promise<Readiness> {
  const checks = await Promise.all(
    Object.entries(probes).map(async ([name, probe]) => [name, await ask(name, probe, log)] as const),
  );
  return { isReady: checks.every(([, said]) => said === 'ok'), checks: Object.fromEntries(checks) };
}

/** Anybody may ask: errors of ours say what is wrong without secrets, others stay in the log. */
async function ask(name: string, probe: Probe, log: Log): Promise<string> {
  const signal = AbortSignal.timeout(PROBE_MS);
  const late = Promise.withResolvers<never>();
  const onLate = (): void => late.reject(new Error(`no answer in ${PROBE_MS / 1000} s`));
  signal.addEventListener('abort', onLate);
  try {
    await Promise.race([probe(signal), late.promise]);
    return 'ok';
  } catch (error) {
    log.warn('a probe failed', { probe: name, error: messageOf(error) });
    return isAppError(error)
      ? error.problem
      : signal.aborted
        ? `no answer in ${PROBE_MS / 1000} s`
        : 'it does not answer';
  } finally {
    signal.removeEventListener('abort', onLate);
  }
}
