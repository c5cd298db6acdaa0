import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, DOT, endOfDigits, isDigit, isLetter, TILDE } from '../text.ts';

/** deb-version(7): `[epoch:]upstream-version[-debian-revision]`. A missing revision is the empty text. */
export interface DebVersion {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

/** dpkg keeps the epoch in an int. */
const MAX_EPOCH = 2_147_483_647;
const PLUS = 0x2b;
const COLON = 0x3a;

/**
 * Reads a version as dpkg does, and refuses what dpkg refuses or warns of, with one exception: a version that starts with a
 * letter is taken, for deb-version(7) only says that it should start with a digit.
 */
export function parseDeb(text: string): Parsed<DebVersion> {
  const colon = text.indexOf(':');
  const epoch = colon === -1 ? 0 : parseEpoch(text, colon);
  if (epoch === null) {
    return invalid(text, `an epoch from 0 to ${MAX_EPOCH} before the colon`);
  }
  const rest = text.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  const upstream = dash === -1 ? rest : rest.slice(0, dash);
  const revision = dash === -1 ? '' : rest.slice(dash + 1);
  if (upstream === '' || (dash !== -1 && revision === '')) {
    return invalid(text, 'an upstream version, and a revision after the last hyphen');
  }
  if (!hasOnly(upstream, isUpstream)) {
    return invalid(text, 'only letters, digits and . + - : ~ in the upstream version');
  }
  if (!hasOnly(revision, isRevision)) {
    return invalid(text, 'only letters, digits and . + ~ in the revision');
  }
  return { ok: true, version: { epoch, upstream, revision } };
}

function parseEpoch(text: string, colon: number): number | null {
  if (colon === 0 || endOfDigits(text, 0) !== colon) {
    return null;
  }
  const epoch = Number(text.slice(0, colon));
  return epoch <= MAX_EPOCH ? epoch : null;
}

function hasOnly(text: string, allowed: (code: number) => boolean): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (!allowed(text.charCodeAt(at))) {
      return false;
    }
  }
  return true;
}

function isRevision(code: number): boolean {
  return isDigit(code) || isLetter(code) || code === DOT || code === PLUS || code === TILDE;
}

function isUpstream(code: number): boolean {
  return isRevision(code) || code === DASH || code === COLON;
}
