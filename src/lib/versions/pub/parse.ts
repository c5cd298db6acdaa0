import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import type { Identifier } from '../semver/parse.ts';
import { parseIdentifiers } from '../semver/parse.ts';
import { endOfDigits, toNumeral } from '../text.ts';

/** A semantic version whose build counts. Numerals are without leading zeros. */
export interface BuildVersion {
  readonly core: readonly [string, string, string];
  readonly prerelease: readonly Identifier[];
  readonly build: readonly Identifier[];
}

const EXPECTED = 'major.minor.patch[-prerelease][+build] (pub)';

/** Reads what pub_semver takes, with or without a leading `v`. */
export function parsePub(text: string): Parsed<BuildVersion> {
  const version = readBuildVersion(text, 3);
  return version === null ? invalid(text, EXPECTED) : { ok: true, version };
}

/** Null for what is none; `fewest` numbers must be there, the others are 0. */
export function readBuildVersion(text: string, fewest: 1 | 3): BuildVersion | null {
  const bare = text.startsWith('v') ? text.slice(1) : text;
  const plus = bare.indexOf('+');
  const ordered = plus === -1 ? bare : bare.slice(0, plus);
  const dash = ordered.indexOf('-');
  const numbers = (dash === -1 ? ordered : ordered.slice(0, dash)).split('.');
  if (numbers.length < fewest || numbers.length > 3 || !numbers.every(isDigits)) {
    return null;
  }
  const prerelease = dash === -1 ? [] : parseIdentifiers(ordered.slice(dash + 1));
  const build = plus === -1 ? [] : parseIdentifiers(bare.slice(plus + 1));
  if (prerelease === null || build === null) {
    return null;
  }
  const [major = '', minor = '', patch = ''] = numbers;
  return {
    core: [toNumeral(major), toNumeral(minor), toNumeral(patch)],
    prerelease: prerelease.map(normalise),
    build: build.map(normalise),
  };
}

function isDigits(text: string): boolean {
  return text !== '' && endOfDigits(text, 0) === text.length;
}

function normalise(identifier: Identifier): Identifier {
  return identifier.numeric ? { text: toNumeral(identifier.text), numeric: true } : identifier;
}
