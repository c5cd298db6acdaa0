import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA } from '../../declared-packages.ts';
import { decodeText, linesOf } from '../../text.ts';

const CONSTRAINTS = 'constraints:';
/** Fields that cabal writes beside it. */
const OTHERS: readonly string[] = ['active-repositories:', 'index-state:', 'with-compiler:'];

/**
 * `cabal.project.freeze`: one field of constraints, `any.NAME ==VERSION` and `NAME +flag -flag`, with commas between and over many lines.
 * Flags alone ask for nothing. Several versions are there for `||`, where a build script needs another one.
 */
export function parseCabalFreeze(bytes: Uint8Array, object: string): Found {
  const packages = new DeclaredPackages('hackage', object);
  let isFreeze = false;
  let isOpen = false;
  for (const line of linesOf(decodeText(bytes))) {
    const isField = line.startsWith(CONSTRAINTS);
    const isOther = OTHERS.some((field) => line.startsWith(field));
    isFreeze ||= isField || isOther;
    if (line.trim() === '' || line.trimStart().startsWith('--')) {
      continue;
    }
    isOpen = isField || (isOpen && line.startsWith(' '));
    if (isOpen) {
      addConstraints(packages, isField ? line.slice(CONSTRAINTS.length) : line);
    } else if (!isOther) {
      packages.passOver('other than constraints', line);
    }
  }
  if (!isFreeze) {
    throw notA(object, 'constraints', 'none');
  }
  return packages.found();
}

function addConstraints(packages: DeclaredPackages, line: string): void {
  for (const part of line.split(',')) {
    const [scoped = '', ...rest] = part.split(/[ \t]+/).filter((word) => word !== '');
    if (scoped === '' || (rest.length > 0 && rest.every(isFlag))) {
      continue;
    }
    const versions = rest.join('').split('||');
    if (versions.every((version) => version.startsWith('==') && !version.endsWith('*'))) {
      for (const version of versions) {
        packages.add({ name: nameOf(scoped), version: version.slice(2) });
      }
    } else {
      packages.passOver('without an exact version', part.trim());
    }
  }
}

function isFlag(word: string): boolean {
  return word.startsWith('+') || word.startsWith('-');
}

/** Of `any.NAME`, and of `NAME:setup.OTHER` the other: names have neither dots nor colons. */
function nameOf(scoped: string): string {
  return scoped.slice(Math.max(scoped.lastIndexOf('.'), scoped.lastIndexOf(':')) + 1);
}
