import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, endOfDigits, isDigit, isLetter } from '../text.ts';

/** Semantic Versioning 2.0.0 without build metadata, which has no part in the order (item 10). */
export interface SemverVersion {
  /** Major, minor, patch: numerals without leading zeros, of any length. */
  readonly core: readonly [string, string, string];
  /** Empty for a release. */
  readonly prerelease: readonly Identifier[];
}

export interface Identifier {
  readonly text: string;
  readonly numeric: boolean;
}

const EXPECTED = 'major.minor.patch[-prerelease][+build] (Semantic Versioning 2.0.0)';

/** Reads `1.2.3-rc.1+build`, with or without a leading `v`. */
export function parseSemver(text: string): Parsed<SemverVersion> {
  const bare = text.startsWith('v') ? text.slice(1) : text;
  const plus = bare.indexOf('+');
  const ordered = plus === -1 ? bare : bare.slice(0, plus);
  const dash = ordered.indexOf('-');
  const [major, minor, patch, ...rest] = (dash === -1 ? ordered : ordered.slice(0, dash)).split('.');
  if (!isNumeral(major) || !isNumeral(minor) || !isNumeral(patch) || rest.length > 0) {
    return invalid(text, EXPECTED);
  }
  const prerelease = dash === -1 ? [] : parseIdentifiers(ordered.slice(dash + 1));
  const build = plus === -1 ? [] : parseIdentifiers(bare.slice(plus + 1));
  if (prerelease === null || build === null) {
    return invalid(text, `${EXPECTED}, with identifiers of letters, digits and hyphens`);
  }
  if (prerelease.some((identifier) => identifier.numeric && !isNumeral(identifier.text))) {
    return invalid(text, `${EXPECTED}, without leading zeros in the prerelease`);
  }
  return { ok: true, version: { core: [major, minor, patch], prerelease } };
}

/** Digits without a leading zero. */
export function isNumeral(text: string | undefined): text is string {
  return text !== undefined && text !== '' && endOfDigits(text, 0) === text.length && (text === '0' || text[0] !== '0');
}

/** Identifiers between dots, leading zeros as they are; null when one is empty or has another character. */
export function parseIdentifiers(text: string): readonly Identifier[] | null {
  const identifiers = text.split('.').map((part) => ({ text: part, numeric: endOfDigits(part, 0) === part.length }));
  return identifiers.every((identifier) => isIdentifier(identifier.text)) ? identifiers : null;
}

function isIdentifier(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && !isLetter(code) && code !== DASH) {
      return false;
    }
  }
  return text !== '';
}
