import { quote } from '#base/error.ts';
import type { Package } from '#model/package.ts';
import type { Unknown } from '#model/unknown.ts';

const NAMED = 5;

/** One unknown for all artifacts of which nobody says the group: advisories go by group and artifact, and none can be found. */
export function namelessUnknowns(packages: readonly Package[]): readonly Unknown[] {
  const nameless = packages.filter(({ type, name }) => type === 'maven' && !name.includes(':'));
  if (nameless.length === 0) {
    return [];
  }
  const names = nameless.slice(0, NAMED).map(({ name }) => quote(name, 60));
  const more = nameless.length > names.length ? ` and ${nameless.length - names.length} more` : '';
  const count = `${nameless.length} maven ${nameless.length === 1 ? 'package was' : 'packages were'} not matched`;
  const reason = `nothing says the group that advisories go by: ${count}, ${names.join(', ')}${more}`;
  return [{ kind: 'no-advisories', path: null, layer: null, analyser: 'advisories', reason }];
}
