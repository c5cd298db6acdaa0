import { membersOf, textOf } from '#base/json/members.ts';
import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile } from '#model/analyser.ts';
import { type Origin, originUrl } from '#model/origin.ts';
import { readHint } from '../../json-hint.ts';
import { packagePath } from './package-path.ts';

/** What npm 7 and later write of what they have installed into the folder ("Hidden Lockfiles"). */
const NAME = 'node_modules/.package-lock.json';

export function isHiddenLockFile(path: string): boolean {
  return path.endsWith(NAME) && (path.length === NAME.length || path.at(-1 - NAME.length) === '/');
}

/** From where the packages were got that it has the folders of. None in a file that is broken: it says nothing of what is there. */
export function readOrigins({ bytes, path }: AnalysedFile): readonly Origin[] {
  const folders = membersOf(readHint(bytes, path)?.get('packages'));
  const root = path.slice(0, -NAME.length);
  const origins: Origin[] = [];
  for (const [folder, value] of folders ?? []) {
    const entry = membersOf(value);
    const version = entry === null ? null : textOf(entry, 'version');
    const url = entry === null ? null : originUrl(textOf(entry, 'resolved') ?? '');
    const described = `${root}${folder}/package.json`;
    if (version !== null && version.length <= LIMITS.versionChars && url !== null && isBelow(folder, described)) {
      origins.push({ path: described, version, url });
    }
  }
  return origins.slice(0, LIMITS.packagesPerFile);
}

/** True for the folder of a package that lies in the project: nothing leads out of that. */
function isBelow(folder: string, described: string): boolean {
  return (
    folder.split('/').every((name) => name !== '' && name !== '.' && name !== '..') &&
    packagePath(described) !== 'other'
  );
}
