import type { Parsed } from '../scheme.ts';
import type { SemverVersion } from '../semver/parse.ts';
import { parseSemver } from '../semver/parse.ts';
import { endOfDigits } from '../text.ts';

/** Reads a tag that is a semantic version, with or without `v`; the minor and the patch number may be left out. */
export function parseGithub(text: string): Parsed<SemverVersion> {
  return parseSemver(completed(text));
}

/** `v4` is `v4.0.0`, and `4.1` is `4.1.0`. */
function completed(text: string): string {
  const major = endOfDigits(text, text.startsWith('v') ? 1 : 0);
  if (major === text.length) {
    return `${text}.0.0`;
  }
  const isShort = text[major] === '.' && endOfDigits(text, major + 1) === text.length;
  return isShort ? `${text}.0` : text;
}
