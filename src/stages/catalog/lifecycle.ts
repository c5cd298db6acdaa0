import type { Lifecycle } from '#model/platform/state.ts';

/** Whoever wants to change a state: somebody who answers for it, or our own background work. */
export type Decider = 'person' | 'automatic';

/**
 * Which state may become which. What was revoked comes back only when somebody decides so: no verdict, schedule or
 * import of ours undoes it.
 */
const NEXT: Readonly<Record<Lifecycle, Readonly<Record<Decider, readonly Lifecycle[]>>>> = {
  quarantined: {
    person: ['approved', 'revoked', 'expired'],
    automatic: ['approved', 'revoked', 'expired'],
  },
  approved: {
    person: ['quarantined', 'deprecated', 'revoked', 'expired'],
    automatic: ['quarantined', 'deprecated', 'revoked', 'expired'],
  },
  deprecated: {
    person: ['quarantined', 'approved', 'revoked', 'expired'],
    automatic: ['quarantined', 'approved', 'revoked', 'expired'],
  },
  expired: {
    person: ['quarantined', 'approved', 'deprecated', 'revoked'],
    automatic: ['quarantined', 'approved', 'revoked'],
  },
  revoked: { person: ['quarantined', 'approved'], automatic: [] },
};

/** Whether whoever may pull gets it. */
export function isServed(lifecycle: Lifecycle): boolean {
  return lifecycle === 'approved' || lifecycle === 'deprecated';
}

/** What a state may become; itself is not among them. */
export function nextLifecycles(from: Lifecycle, by: Decider): readonly Lifecycle[] {
  return NEXT[from][by];
}
