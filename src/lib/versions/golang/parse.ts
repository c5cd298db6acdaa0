import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import type { Identifier, SemverVersion } from '../semver/parse.ts';
import { isNumeral, parseSemver } from '../semver/parse.ts';
import { compareNumerals, endOfDigits, isLower } from '../text.ts';

/** From Go 1.21 on `1.N` is a language version, older than the release candidates of `1.N.0`. */
const FIRST_LANGUAGE_MINOR = '21';
/** What the Go vulnerability database writes for "from the first prerelease on": `1.22.0-0`. */
const LOWEST: readonly Identifier[] = [{ text: '0', numeric: true }];

/**
 * Reads a module version (`v1.2.3`, pseudo-versions and `+incompatible` included, go.dev/ref/mod#versions) or the version of
 * a toolchain (`go1.22.3`, `1.22rc1`, package go/version). Both give a semantic version, as the Go vulnerability database
 * writes them: `go1.22rc1` is `1.22.0-rc.1`.
 */
export function parseGolang(text: string): Parsed<SemverVersion> {
  if (text.startsWith('go')) {
    return parseToolchain(text, withoutVendor(text.slice(2)));
  }
  const module = parseSemver(text);
  return module.ok || text.startsWith('v') ? module : parseToolchain(text, text);
}

/** `go1.22.1-vendor` and `go1.22.1 X:experiment`, found in the build information of binaries, are builds of go1.22.1. */
function withoutVendor(text: string): string {
  const [release = ''] = text.split(' ', 1);
  const [bare = ''] = release.split('-', 1);
  return bare;
}

function parseToolchain(whole: string, text: string): Parsed<SemverVersion> {
  const [major, rest, patch, ...more] = text.split('.');
  const { minor, kind, candidate } = splitPrerelease(rest ?? '0');
  if (
    !isNumeral(major) ||
    !isNumeral(minor) ||
    (candidate !== '' && (kind === '' || !isNumeral(candidate))) ||
    (patch !== undefined && (kind !== '' || !isNumeral(patch))) ||
    more.length > 0
  ) {
    return invalid(whole, 'a Go module version v1.2.3 or a Go release go1.22.3, go1.22rc1');
  }
  const language = patch === undefined && compareNumerals(minor, FIRST_LANGUAGE_MINOR) >= 0;
  const prerelease = kind === '' ? (language ? LOWEST : []) : toPrerelease(kind, candidate);
  return { ok: true, version: { core: [major, minor, patch ?? '0'], prerelease } };
}

function toPrerelease(kind: string, candidate: string): readonly Identifier[] {
  const label = { text: kind, numeric: false };
  return candidate === '' ? [label] : [label, { text: candidate, numeric: true }];
}

/** `22rc1` in its parts. */
function splitPrerelease(text: string): { minor: string; kind: string; candidate: string } {
  const kind = endOfDigits(text, 0);
  let candidate = kind;
  while (isLower(text.charCodeAt(candidate))) {
    candidate += 1;
  }
  return { minor: text.slice(0, kind), kind: text.slice(kind, candidate), candidate: text.slice(candidate) };
}
