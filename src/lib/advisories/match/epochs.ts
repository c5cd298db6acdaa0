import type { VersionScheme } from '#lib/versions/index.ts';
import type { Affected } from '#model/advisory.ts';

/**
 * The order of rpm for one version and the bounds that it is held against. The name of a source package has no epoch, and some feeds leave
 * epochs out: where one side has none, both are compared without. A package's own version without one is of epoch 0, as rpm says.
 */
export function withEpochsOfBoth(scheme: VersionScheme, rows: readonly Affected[], sourced: boolean): VersionScheme {
  return scheme.id === 'rpm' && (sourced || rows.some(lacksEpoch)) ? withoutEpochs(scheme) : scheme;
}

function lacksEpoch({ ranges, versions }: Affected): boolean {
  return (
    versions.some((version) => epochEnd(version) === 0) ||
    ranges.some(({ events }) =>
      events.some((event) =>
        Object.entries(event).some(([kind, bound]) => isBound(kind, bound) && epochEnd(bound) === 0),
      ),
    )
  );
}

/** OSV's words for before and behind every version are none. */
function isBound(kind: string, bound: string): boolean {
  return !(kind === 'introduced' && bound === '0') && !(kind === 'limit' && bound === '*');
}

function withoutEpochs(scheme: VersionScheme): VersionScheme {
  return {
    id: scheme.id,
    isValid: (text) => scheme.isValid(withoutEpoch(text)),
    compare: (a, b) => scheme.compare(withoutEpoch(a), withoutEpoch(b)),
    against: (a) => {
      const against = scheme.against(withoutEpoch(a));
      return (b) => against(withoutEpoch(b));
    },
  };
}

function withoutEpoch(text: string): string {
  return text.slice(epochEnd(text));
}

/** Where what follows the epoch begins; 0 when there is none. */
function epochEnd(text: string): number {
  const colon = text.indexOf(':');
  return colon > 0 && /^[0-9]+$/.test(text.slice(0, colon)) ? colon + 1 : 0;
}
