import { quote } from '#base/error.ts';
import type { Build } from '#model/build.ts';
import type { OsRelease } from '#model/package.ts';
import type { Place } from './placement.ts';
import { redHatPlaces } from './red-hat-places.ts';
import { expected, isNumber, type Places } from './release.ts';
import { susePlaces } from './suse-places.ts';

type Distribution = (os: OsRelease, builds: readonly Build[]) => Places;

/**
 * By `ID` of os-release: the ecosystem with the release as OSV writes it (OSV schema, Defined Ecosystems), and whose names its
 * records have. A derivative that shares the advisories of another distribution has a row of its own; what its `ID_LIKE` says is not
 * enough. Oracle and Amazon are not among OSV's ecosystems: their names are those that a mirror in its layout would give them.
 */
export const DISTRIBUTIONS: Readonly<Record<'apk' | 'deb' | 'rpm', ReadonlyMap<string, Distribution>>> = {
  apk: new Map<string, Distribution>([
    ['alpaquita', alpaquita],
    ['alpine', alpine],
    ['chainguard', () => [unreleased('Chainguard', 'either')]],
    ['minimos', () => [unreleased('MinimOS', 'either')]],
    ['wolfi', () => [unreleased('Wolfi', 'either')]],
  ]),
  deb: new Map<string, Distribution>([
    ['debian', debian],
    ['echo', () => [unreleased('Echo', 'source')]],
    ['ubuntu', ubuntu],
  ]),
  rpm: new Map<string, Distribution>([
    // The definition says source packages, the records of AlmaLinux name the packages built from them.
    ['almalinux', (os) => byMajor('AlmaLinux', 'either', os)],
    [
      'amzn',
      (os) =>
        os.versionId === '2018.03' ? [place('Amazon Linux', '1', 'either')] : byMajor('Amazon Linux', 'either', os),
    ],
    ['azurelinux', (os) => byMajor('Azure Linux', 'source', os)],
    ['mageia', (os) => byMajor('Mageia', 'source', os)],
    ['mariner', (os) => byMajor('Azure Linux', 'source', os)],
    ['ol', (os) => byMajor('Oracle Linux', 'either', os)],
    ['openeuler', openEuler],
    ['photon', photon],
    ['rhel', redHatPlaces],
    ['rocky', (os) => byMajor('Rocky Linux', 'either', os)],
    ...[
      'opensuse',
      'opensuse-leap',
      'opensuse-leap-micro',
      'opensuse-microos',
      'opensuse-tumbleweed',
      'sl-micro',
      'sle-micro',
      'sle-micro-rancher',
      'sle_hpc',
      'sled',
      'sles',
      'sles_sap',
      'suse-microos',
    ].map((id): [string, Distribution] => [id, susePlaces]),
  ]),
};

/** Distributions whose advisories are by release: there are none of their own for what is still being made. */
export const RELEASED: ReadonlySet<string> = new Set(['alpine', 'debian']);

function place(shard: string, release: string, names: Place['names']): Place {
  return { shard, ecosystem: `${shard}:${release}`, names };
}

function unreleased(ecosystem: string, names: Place['names']): Place {
  return { shard: ecosystem, ecosystem, names };
}

/** `8.10` is of release 8. testing and sid of Debian have no VERSION_ID. */
function byMajor(shard: string, names: Place['names'], { versionId = '' }: OsRelease): Places {
  const major = versionId.split('.', 1)[0];
  return isNumber(major) ? [place(shard, major, names)] : expected('12', versionId);
}

/** `12.5` is of release 12; the releases before 7 have two numbers, and `6.0.10` is of 6.0. */
function debian(os: OsRelease): Places {
  const [major, minor] = (os.versionId ?? '').split('.');
  return isNumber(major) && isNumber(minor) && Number(major) < 7
    ? [place('Debian', `${major}.${minor}`, 'source')]
    : byMajor('Debian', 'source', os);
}

/** `3.10.9` is of branch v3.10; edge has a date behind an underscore, and no advisories of its own. */
function alpine({ versionId = '' }: OsRelease): Places {
  const [major, minor, ...rest] = versionId.split('.');
  if (!isNumber(major) || !isNumber(minor) || rest.length > 1 || !rest.every(isNumber)) {
    return expected('3.20', versionId);
  }
  return [place('Alpine', `v${major}.${minor}`, 'source')];
}

function alpaquita(os: OsRelease): Places {
  const release = os.versionId ?? '';
  return release === 'stream' ? [place('Alpaquita', release, 'source')] : byMajor('Alpaquita', 'source', os);
}

/** Long-term support since 8.04: April of even years. OSV asks for the suffix exactly then, and Ubuntu Pro is for these. */
function ubuntu({ versionId = '' }: OsRelease): Places {
  const [year, month, ...rest] = versionId.split('.');
  if (!isNumber(year) || !isNumber(month) || rest.length > 0) {
    return expected('24.04', versionId);
  }
  const longTerm = month === '04' && Number(year) % 2 === 0;
  return longTerm
    ? [
        place('Ubuntu', `${versionId}:LTS`, 'source'),
        { ...place('Ubuntu', `Pro:${versionId}:LTS`, 'source'), extended: true },
      ]
    : [place('Ubuntu', versionId, 'source')];
}

/** `Photon OS:4.0`. */
function photon({ versionId = '' }: OsRelease): Places {
  const [major, minor = '0', ...rest] = versionId.split('.');
  return isNumber(major) && isNumber(minor) && rest.length === 0
    ? [place('Photon OS', `${major}.${minor}`, 'either')]
    : expected('4.0', versionId);
}

/** `openEuler 22.03 (LTS-SP1)` is `22.03-LTS-SP1`; advisories are for those with LTS alone. */
function openEuler({ versionId = '', prettyName = '' }: OsRelease): Places {
  const [year, month, ...rest] = versionId.split('.');
  if (!isNumber(year) || !isNumber(month) || rest.length > 0) {
    return expected('24.03', versionId);
  }
  const open = prettyName.indexOf('(');
  const suffix = open === -1 ? '' : prettyName.slice(open + 1, prettyName.indexOf(')', open));
  return /^LTS(?:-SP[0-9]{1,3})?$/.test(suffix)
    ? [place('openEuler', `${versionId}-${suffix}`, 'source')]
    : { problem: `expected a release with long-term support in os-release, found ${quote(prettyName, 60)}` };
}
