import { compareText } from '#base/compare.ts';
import { quote } from '#base/error.ts';
import { schemeFor, type VersionScheme, type VersionSchemeId } from '#lib/versions/index.ts';

/** Whether a version is in a range; a text says why nobody can tell. */
export type InRange = boolean | string;

const COMPARATORS = ['>=', '<=', '!=', '<', '>', '='] as const;
type Comparator = (typeof COMPARATORS)[number];

interface Constraint {
  readonly comparator: Comparator;
  readonly version: string;
}

/** By the type of package URLs, how their versions compare. */
const SCHEMES: ReadonlyMap<string, VersionSchemeId> = new Map([
  ['apk', 'apk'],
  ['cargo', 'semver'],
  ['composer', 'packagist'],
  ['cran', 'cran'],
  ['deb', 'deb'],
  ['gem', 'gem'],
  ['golang', 'golang'],
  ['hackage', 'hackage'],
  ['hex', 'semver'],
  ['julia', 'julia'],
  ['maven', 'maven'],
  ['npm', 'semver'],
  ['nuget', 'nuget'],
  ['opam', 'opam'],
  ['pub', 'pub'],
  ['pypi', 'pep440'],
  ['rpm', 'rpm'],
  ['swift', 'semver'],
]);

/** The most constraints that a range may have. */
const MOST = 1000;

/**
 * Whether a range (purl-spec, VERSION-RANGE-SPEC: `vers:npm/>=1.0.0|<1.2.0`) holds a version of a package of this type. Only
 * a range in the order of the package's own versions is compared; any other is a text that says so.
 */
export function isInRange(range: string, version: string, type: string): InRange {
  const [, name, rest] = /^vers:([a-z][a-z0-9.-]{0,40})\/(.+)$/s.exec(range) ?? [];
  if (name === undefined || rest === undefined) {
    return `expected vers:, a scheme and constraints, found ${quote(range, 80)}`;
  }
  if (rest === '*') {
    return name === 'all' || name === type || name === 'semver' || name === 'generic';
  }
  const scheme = schemeOf(name, type);
  if (scheme === null) {
    return `expected a range of the versions of ${quote(type, 20)} packages, found ${quote(range, 80)}`;
  }
  const constraints = parse(rest);
  if (typeof constraints === 'string') {
    return `${constraints} in ${quote(range, 80)}`;
  }
  const invalid = [version, ...constraints.map((one) => one.version)].find((text) => !scheme.isValid(text));
  if (invalid !== undefined) {
    return `expected versions of ${quote(type, 20)} packages in ${quote(range, 80)}, found ${quote(invalid, 80)}`;
  }
  return contains(constraints, version, scheme);
}

function schemeOf(name: string, type: string): VersionScheme | null {
  const id = SCHEMES.get(type);
  const same = name === type || (name === 'alpine' && type === 'apk') || (name === 'semver' && id === 'semver');
  return id !== undefined && same ? schemeFor(id) : null;
}

/** A text for constraints of no form. */
function parse(text: string): readonly Constraint[] | string {
  const parts = text.replaceAll(' ', '').split('|', MOST + 1);
  if (parts.length > MOST) {
    return `expected at most ${MOST} constraints, found more`;
  }
  const constraints: Constraint[] = [];
  for (const part of parts) {
    const comparator = COMPARATORS.find((one) => part.startsWith(one)) ?? '=';
    const version = decoded(part.startsWith(comparator) ? part.slice(comparator.length) : part);
    if (version === null || version === '' || version === '*') {
      return `expected a comparator and a version, found ${quote(part, 40)}`;
    }
    constraints.push({ comparator, version });
  }
  return constraints;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The specification's "Checking if a version is contained within a range", over constraints in any order. */
function contains(constraints: readonly Constraint[], version: string, scheme: VersionScheme): InRange {
  const order = (a: string, b: string): number => {
    const compared = scheme.compare(a, b);
    return compared.ok ? compared.order : 0;
  };
  const sorted = constraints.toSorted((a, b) => order(a.version, b.version) || compareText(a.comparator, b.comparator));
  if (sorted.some((one, index) => index > 0 && order(sorted[index - 1]?.version ?? '', one.version) === 0)) {
    return 'expected each version once in a range, found one twice';
  }
  const equal = sorted.find((one) => order(one.version, version) === 0);
  if (equal !== undefined) {
    return equal.comparator === '=' || equal.comparator === '>=' || equal.comparator === '<=';
  }
  const bounds = sorted.filter(({ comparator }) => comparator !== '=' && comparator !== '!=');
  if (bounds.some((one, index) => index > 0 && isLower(one) === isLower(bounds[index - 1]))) {
    return 'expected lower and upper bounds in turn, found two of a kind';
  }
  const next = bounds.findIndex((one) => order(version, one.version) < 0);
  const above = next === -1 ? undefined : bounds[next];
  const below = next === -1 ? bounds.at(-1) : bounds[next - 1];
  if (above === undefined && below === undefined) {
    // Nothing but versions that are left out leaves all others in.
    return sorted.every(({ comparator }) => comparator === '!=');
  }
  return above === undefined ? isLower(below) : !isLower(above);
}

function isLower(constraint: Constraint | undefined): boolean {
  return constraint?.comparator === '>' || constraint?.comparator === '>=';
}
