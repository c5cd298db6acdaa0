import type { Subject } from '#model/platform/access.ts';

/** Whoever brings what comes from a source: may push to that repository, and nothing else anywhere. */
export function sourceSubject(source: string, repository: string): Subject {
  return {
    id: `source:${source}`,
    grants: [{ role: 'publisher', scope: repository, environment: '*' }],
    environment: null,
  };
}
