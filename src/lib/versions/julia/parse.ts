import type { BuildVersion } from '../pub/parse.ts';
import { readBuildVersion } from '../pub/parse.ts';
import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';

/** Reads a VersionNumber of Julia: the minor and the patch number may be left out. */
export function parseJulia(text: string): Parsed<BuildVersion> {
  const version = readBuildVersion(text, 1);
  return version === null
    ? invalid(text, 'major[.minor[.patch]][-prerelease][+build] (VersionNumber of Julia)')
    : { ok: true, version };
}
