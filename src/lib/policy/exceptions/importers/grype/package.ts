import { quote } from '#base/error.ts';
import { buildPurl } from '#model/purl.ts';
import { unknownMember } from '../read-yaml.ts';
import type { GrypeRule } from './rule.ts';

export type NamedPackage =
  | { readonly kind: 'any' }
  | { readonly kind: 'purl'; readonly purl: string }
  /** No package URL says it, and why. */
  | { readonly kind: 'unsaid'; readonly why: string };

const MEMBERS = ['name', 'version', 'language', 'type', 'location', 'upstream-name'] as const;

/** Types of Syft whose name is all of the package URL, and its type. Those of distributions need to know which one. */
const PURL_TYPES: ReadonlyMap<string, string> = new Map([
  ['dart-pub', 'pub'],
  ['dotnet', 'nuget'],
  ['gem', 'gem'],
  ['go-module', 'golang'],
  ['hex', 'hex'],
  ['npm', 'npm'],
  ['php-composer', 'composer'],
  ['python', 'pypi'],
  ['rust-crate', 'cargo'],
]);

/** The package that a rule is for. Names are regular expressions over whole names: only those that say one name are taken, a dot as itself. */
export function packageOf(rule: NonNullable<GrypeRule['package']>): NamedPackage {
  const { name, version, type } = rule;
  const unknown = unknownMember(rule, MEMBERS);
  if (unknown !== null) {
    return unsaid(unknown);
  }
  const condition = (['location', 'language', 'upstream-name'] as const).find((member) => set(rule[member]));
  if (condition !== undefined) {
    return unsaid(`exceptions know no ${condition} of a package: without it the rule would be wider`);
  }
  if (!set(name) && !set(version) && !set(type)) {
    return { kind: 'any' };
  }
  const purlType = PURL_TYPES.get(type ?? '');
  if (!set(name) || !set(type)) {
    return unsaid('a package URL needs the name and the type of the package');
  }
  if (purlType === undefined) {
    return unsaid(`the package URL of ${quote(type ?? '', 40)} needs more than the name`);
  }
  const literal = literalName(name ?? '');
  if (literal === null) {
    return unsaid(`${quote(name ?? '', 80)} is a regular expression, and stands for other names too`);
  }
  const slash = literal.lastIndexOf('/');
  const parts = { type: purlType, namespace: literal.slice(0, Math.max(0, slash)), name: literal.slice(slash + 1) };
  return { kind: 'purl', purl: buildPurl({ ...parts, version: version ?? '' }) };
}

/** The one name that a pattern stands for, but for a dot, which is taken for itself: that is narrower, if anything. */
function literalName(pattern: string): string | null {
  const name = pattern.replace(/^\^/, '').replace(/\$$/, '').replaceAll('\\.', '.');
  return /^[0-9A-Za-z@_~-](?:[0-9A-Za-z@._~/-]*[0-9A-Za-z._~-])?$/.test(name) ? name : null;
}

function set(text: string | null | undefined): boolean {
  return text !== undefined && text !== null && text !== '';
}

function unsaid(why: string): NamedPackage {
  return { kind: 'unsaid', why };
}
