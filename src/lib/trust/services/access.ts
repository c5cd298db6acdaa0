import type { Clock } from '#base/clock.ts';

/** What the clients of signing services need of their caller. */
export interface ServiceAccess {
  /** `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in upper or lower case. */
  readonly proxies: Readonly<Record<string, string | undefined>>;
  /** PEM: authorities of services of one's own, besides those of the system. */
  readonly ca?: string;
  readonly clock: Clock;
  /** Ends whatever is waited for. */
  readonly signal: AbortSignal;
  /** That many octets that nobody can guess. */
  random(octets: number): Uint8Array;
  /** Longest wait for one answer, with its repetitions; a minute when it is left out. */
  readonly patienceMs?: number;
}
