import { schemeFor } from '#lib/versions/index.ts';
import type { AdvisedState, RangeEvent, Rating, Severity } from '#model/advisory.ts';
import type { TrackedRelease } from './entry.ts';

/** What becomes of the tracker's entry for one release. */
export interface Verdict {
  readonly events: readonly RangeEvent[];
  readonly state?: AdvisedState;
  /** The tracker's own word where it has one. */
  readonly status?: string;
}

/** The `fixed_version` of what was never affected. */
const NEVER = '0';
const FROM_THE_START: RangeEvent = { introduced: '0' };
const deb = schemeFor('deb');

/**
 * A fix counts as one from the moment that the release has it. Until then what is known is from which version on nobody is
 * affected, for packages that come from elsewhere: that bounds the range without being a repair. `unstable` is the version that
 * repairs it in sid, null when none does.
 */
export function verdictOf(release: TrackedRelease, unstable: string | null): Verdict {
  const fixed = fixedVersion(release);
  if (release.status === 'undetermined') {
    return { events: [FROM_THE_START], state: 'under_investigation', status: 'undetermined' };
  }
  if (release.status === 'resolved' && fixed === NEVER) {
    return { events: [FROM_THE_START], state: 'not_affected' };
  }
  const current = currentVersion(release);
  if (release.status === 'resolved' && fixed !== null && !isAbove(fixed, current)) {
    return { events: [FROM_THE_START, { fixed }], state: 'fixed' };
  }
  const elsewhere = fixed === null || fixed === NEVER ? unstable : fixed;
  // The tracker says of what the release has that it is open, whatever its version may suggest.
  const bound: readonly RangeEvent[] = isAbove(elsewhere, current) ? [{ limit: elsewhere }] : [];
  return { events: [FROM_THE_START, ...bound], ...openState(release) };
}

/** The version that repairs it in unstable; null when none does, and when it was never in it. */
export function unstableFix(release: TrackedRelease | undefined): string | null {
  const fixed = release?.status === 'resolved' ? fixedVersion(release) : null;
  return fixed === NEVER ? null : fixed;
}

/** Why nothing has been done yet, or will be. */
function openState({ urgency, nodsa, nodsa_reason: reason }: TrackedRelease): Pick<Verdict, 'state' | 'status'> {
  if (urgency === 'end-of-life') {
    return { state: 'end_of_life', status: 'end-of-life' };
  }
  if (reason === 'ignored') {
    return { state: 'will_not_fix', status: 'ignored' };
  }
  if (reason === 'postponed') {
    return { state: 'deferred', status: 'postponed' };
  }
  return typeof nodsa === 'string' ? { state: 'deferred', status: 'no-dsa' } : { state: 'affected' };
}

/** Stars say that nobody at Debian has chosen the word. */
const URGENCIES: ReadonlyMap<string, Severity> = new Map([
  ['high', 'high'],
  ['high**', 'high'],
  ['medium', 'medium'],
  ['medium**', 'medium'],
  ['low', 'low'],
  ['low**', 'low'],
  ['unimportant', 'low'],
]);

/** `not yet assigned` and `end-of-life` rate nothing. */
export function ratingsOf({ urgency }: TrackedRelease, source: string): readonly Rating[] {
  const severity = URGENCIES.get(urgency ?? '');
  return severity === undefined ? [] : [{ severity, scale: 'Debian', source }];
}

function fixedVersion({ fixed_version: fixed }: TrackedRelease): string | null {
  return fixed === undefined || fixed === null || fixed === '' ? null : fixed;
}

/** The highest version that any suite of the release has; null when there is none that can be read. */
function currentVersion({ repositories }: TrackedRelease): string | null {
  let highest: string | null = null;
  for (const version of Object.values(repositories)) {
    if (deb.isValid(version) && (highest === null || isAbove(version, highest))) {
      highest = version;
    }
  }
  return highest;
}

/** False when one of them is not there or cannot be read: nothing is concluded from that. */
function isAbove(version: string | null, other: string | null): version is string {
  if (version === null || other === null) {
    return false;
  }
  const compared = deb.compare(version, other);
  return compared.ok && compared.order > 0;
}
