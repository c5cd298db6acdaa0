import type { AdvisedState } from '#model/advisory.ts';
import type { FindingState } from '#model/finding.ts';
import type { Match } from './evaluate.ts';

/** What sources write where no version repairs it: Debian, Wolfi and Chainguard (kinds of their events), Red Hat, Ubuntu. */
const WORDS: ReadonlyMap<string, FindingState> = new Map([
  ['deferred', 'deferred'],
  ['detection', 'under_investigation'],
  ['end-of-life', 'end_of_life'],
  ['end_of_life', 'end_of_life'],
  ['fix-not-planned', 'will_not_fix'],
  ['fix_deferred', 'deferred'],
  ['ignored', 'will_not_fix'],
  ['needs-triage', 'under_investigation'],
  ['no-dsa', 'deferred'],
  ['pending-upstream-fix', 'deferred'],
  ['postponed', 'deferred'],
  ['under_investigation', 'under_investigation'],
  ['will-not-fix', 'will_not_fix'],
  ['will_not_fix', 'will_not_fix'],
  ['wont-fix', 'will_not_fix'],
  ['wontfix', 'will_not_fix'],
]);

/** Of several words the one that leaves least to hope for, so that an older record does not hide what was decided. */
const DECIDED: readonly FindingState[] = ['will_not_fix', 'end_of_life', 'deferred', 'under_investigation'];

/** The state of a vulnerability that no version repairs: what providers understood comes before the words of sources. */
export function stateOf(matches: readonly Match[]): FindingState {
  const states = new Set(
    matches.flatMap(({ states: known, statuses }) => (known.length > 0 ? known.map(toFinding) : statuses.map(ofWord))),
  );
  return DECIDED.find((state) => states.has(state)) ?? 'affected';
}

function ofWord(word: string): FindingState {
  return WORDS.get(word) ?? 'affected';
}

/** A repair that has no version here repairs nothing here. */
function toFinding(state: AdvisedState): FindingState {
  return state === 'fixed' || state === 'not_affected' ? 'affected' : state;
}
