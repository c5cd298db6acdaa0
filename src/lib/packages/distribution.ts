import { quote } from '#base/error.ts';
import type { Found } from '#model/analyser.ts';
import type { OsRelease } from '#model/package.ts';
import { RELEASE_FILES, type ReleaseFile } from './catalogers/os-release/release-files.ts';
import { fileNameOf } from './paths.ts';

/** What one file of the view says of the distribution. */
export interface ReleaseFact {
  /** In the view, without a leading slash. */
  readonly path: string;
  readonly found: Pick<Found, 'os' | 'repositories'>;
}

export interface Distribution {
  readonly os: OsRelease | null;
  /** Files that say something else than what was chosen: advisories of one release say nothing of packages of another. */
  readonly contradictions: readonly Contradiction[];
}

export interface Contradiction {
  readonly path: string;
  readonly reason: string;
}

const OS_RELEASE: readonly string[] = ['etc/os-release', 'usr/lib/os-release'];
const FILES: ReadonlyMap<string, ReleaseFile> = new Map(RELEASE_FILES.map((file) => [file.name, file]));

/**
 * The distribution of a view: os-release where it names one, `/etc` before `/usr/lib` (os-release(5)), else the first of
 * its predecessors. For Alpine the repositories that packages are installed from come before both.
 */
export function chooseDistribution(facts: readonly ReleaseFact[]): Distribution {
  const named = facts.flatMap(({ path, found: { os } }) => (os === undefined ? [] : [{ path, os }]));
  const own = OS_RELEASE.map((path) => named.find((item) => item.path === path)).find((item) => item !== undefined);
  const older = RELEASE_FILES.flatMap(({ name }) => named.filter(({ path }) => fileNameOf(path) === name));
  const chosen = own === undefined || own.os.id === '' ? (older[0] ?? own) : own;
  if (chosen === undefined) {
    return { os: null, contradictions: [] };
  }
  const rolling = chosen.os.rolling ?? older.find(({ os }) => os.id === chosen.os.id)?.os.rolling;
  const os = rolling === undefined ? chosen.os : { ...chosen.os, rolling };
  const others = older.flatMap(({ path, os: other }) => contradictionOf(path, other, os));
  const repositories = facts.find(({ found }) => found.repositories !== undefined);
  if (os.id !== 'alpine' || repositories === undefined) {
    return { os, contradictions: others };
  }
  const { os: installed, contradictions } = byRepositories(os, repositories);
  return { os: installed, contradictions: [...others, ...contradictions] };
}

function contradictionOf(path: string, other: OsRelease, os: OsRelease): readonly Contradiction[] {
  const isOther = other.id !== os.id;
  if (
    isOther ? FILES.get(fileNameOf(path))?.shared === true || os.idLike.includes(other.id) : isSameRelease(other, os)
  ) {
    return [];
  }
  return [{ path, reason: `expected ${describe(os)}, as the distribution was told by, found ${describe(other)}` }];
}

/** Of `12.5` and `12` what both have. Beyond the second number no distribution parts its advisories. */
function isSameRelease(a: OsRelease, b: OsRelease): boolean {
  if (a.versionId === undefined || b.versionId === undefined) {
    return true;
  }
  const [first, second] = [a.versionId.split('.', 2), b.versionId.split('.', 2)];
  return first.every((part, index) => second[index] === undefined || second[index] === part);
}

/** A whole release decides, if it is one; what another one may have brought is of another release than is matched. */
function byRepositories(os: OsRelease, { path, found: { repositories = [] } }: ReleaseFact): Distribution {
  const own = releaseOf(os);
  const whole = repositories.filter((name) => !name.includes('/'));
  const current = whole.length === 1 && whole[0] !== undefined ? whole[0] : own;
  const decided = current === own ? os : withRelease(os, current);
  const foreign = [...new Set([own, ...repositories])].filter((name) => name !== current && name !== '');
  if (foreign.length === 0) {
    return { os: decided, contradictions: [] };
  }
  const named = foreign.slice(0, NAMED).map((name) => quote(name, 40));
  const reason = `expected packages of ${quote(current, 40)} alone, as the repositories have it, found that they may also be of ${named.join(', ')}`;
  return { os: decided, contradictions: [{ path, reason }] };
}

const NAMED = 5;

/** As the folder of its repositories is called: `v3.20`; empty when the distribution does not say. */
function releaseOf({ rolling, versionId = '' }: OsRelease): string {
  return rolling ?? (versionId === '' ? '' : `v${versionId.split('.', 2).join('.')}`);
}

/** `v3.20` or `edge` in the place of what os-release says. */
function withRelease({ rolling: _rolling, ...os }: OsRelease, release: string): OsRelease {
  return release === 'edge' ? { ...os, rolling: release } : { ...os, versionId: release.slice(1) };
}

function describe({ id, versionId }: OsRelease): string {
  return quote([id, versionId ?? ''].filter((part) => part !== '').join(' '), 60);
}
