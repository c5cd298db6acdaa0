import type { Build } from '#model/build.ts';
import type { OsRelease } from '#model/package.ts';
import { isNumber } from './release.ts';

/** Repositories that a system has when nothing says more; what can be switched on without paying is among them. */
const DEFAULTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['5', ['server', 'client']],
  ['6', ['server', 'client', 'workstation', 'computenode']],
  ['7', ['server', 'client', 'workstation', 'computenode']],
]);
const DEFAULTS_SINCE_8 = ['baseos', 'appstream', 'crb'] as const;

/** Streams of a minor release that are supported for longer: what is repaired there has a version of its own. */
const EXTENDED: ReadonlySet<string> = new Set(['aus', 'e4s', 'eus', 'tus']);

/** Minor releases that one version number may stand behind. */
const MAX_MINOR = 20;

/**
 * The products whose advisories speak for the packages of a system, by their CPE without `cpe:/[oa]:redhat:`: what the names of
 * its repositories say, and otherwise the repositories that every system has. Empty for a system without a major release.
 *
 * What is not repaired is said of the product as a whole, so it is always among them. Repositories are known by the names that
 * Red Hat gives them; which product an irregular name stands for is in a document of its own, `repository-to-cpe.json`.
 */
export function redHatProducts({ versionId = '' }: OsRelease, builds: readonly Build[] = []): readonly string[] {
  const [major, minor] = versionId.split('.', 2);
  if (!isNumber(major)) {
    return [];
  }
  const repositories = builds.flatMap(({ contentSets = [] }) => contentSets.flatMap(productOf));
  const labelled = builds.flatMap(({ labels }) => tailOf(labels?.cpe) ?? []);
  const ofSystem = repositories.some((product) => product.startsWith(`enterprise_linux:${major}::`));
  return [...new Set([...wholeOf(major, minor), ...(ofSystem ? [] : defaultsOf(major)), ...repositories, ...labelled])];
}

/** Whether a product is a stream that is supported for longer, beside the one that everybody has. */
export function isExtendedProduct(product: string): boolean {
  return product.startsWith('rhel_') && EXTENDED.has(product.slice('rhel_'.length, product.indexOf(':')));
}

/** Since 10 the minor release is in the name of what is repaired: `enterprise_linux:10.0`. */
function wholeOf(major: string, minor: string | undefined): readonly string[] {
  const whole = `enterprise_linux:${major}`;
  if (Number(major) < 10 || !isNumber(minor) || Number(minor) > MAX_MINOR) {
    return [whole];
  }
  return [whole, ...Array.from({ length: Number(minor) + 1 }, (_, index) => `${whole}.${index}`)];
}

function defaultsOf(major: string): readonly string[] {
  return (DEFAULTS.get(major) ?? DEFAULTS_SINCE_8).map((repository) => `enterprise_linux:${major}::${repository}`);
}

/**
 * `rhel-8-for-x86_64-baseos-rpms` is `enterprise_linux:8::baseos`, `rhel-8-for-x86_64-appstream-eus-rpms__8_DOT_4` is
 * `rhel_eus:8.4::appstream`. What is behind two underscores is the release that somebody was pinned to. A vulnerability that is
 * repaired for everybody and not there is known by the repair for everybody alone.
 */
function productOf(contentSet: string): readonly string[] {
  const [name = '', pinned = ''] = contentSet.split('__', 2);
  const words = name.split('-');
  if (words.at(-1) !== 'rpms') {
    return [];
  }
  const crb = name.startsWith('codeready-builder-for-');
  const [vendor, major] = crb ? words.slice(3) : words;
  if ((vendor !== 'rhel' && vendor !== 'ubi') || !isNumber(major)) {
    return [];
  }
  const kind = words.at(-2) ?? '';
  const isExtended = EXTENDED.has(kind);
  const repository = crb ? 'crb' : repositoryOf(words.slice(2, isExtended ? -2 : -1));
  if (repository === null) {
    return [];
  }
  const usual = `enterprise_linux:${major}::${repository}`;
  const release = pinned.replace('_DOT_', '.');
  return isExtended && /^[0-9]{1,3}\.[0-9]{1,3}$/.test(release)
    ? [usual, `rhel_${kind}:${release}::${repository}`]
    : [usual];
}

/** `for x86_64 baseos`, or `baseos` alone for what may be passed on; `server` and, with more behind it, of Red Hat Enterprise Linux 7. */
function repositoryOf(words: readonly string[]): string | null {
  const [repository = '', ...more] = words[0] === 'for' ? words.slice(2) : words;
  if (repository === 'codeready' && more[0] === 'builder') {
    return 'crb';
  }
  return /^[a-z0-9]{1,30}$/.test(repository) ? repository : null;
}

/** `cpe:/a:redhat:openshift_gitops:1.16::el8` without what is the same for all. */
function tailOf(cpe: string | undefined): string | null {
  const tail = /^cpe:\/[oa]:redhat:([A-Za-z0-9._:-]{1,50})$/.exec(cpe ?? '')?.[1];
  return tail === undefined || tail.includes('..') ? null : tail;
}
