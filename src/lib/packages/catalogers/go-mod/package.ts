import type { Found } from '#model/analyser.ts';
import { DeclaredPackages } from '../../declared-packages.ts';
import { releaseVersion } from '../go-binary/go-release.ts';
import type { GoModFile, Replacement } from './parse-go-mod.ts';

/** The modules of the Go distribution itself (`GOROOT/src`, `GOROOT/src/cmd`): what these require is part of it, and nobody's project. */
const OF_GO: ReadonlySet<string> = new Set(['std', 'cmd']);

/** The modules that it requires or their replacements, and the standard library of the Go release that it asks for. */
export function toFound(file: GoModFile, object: string): Found {
  const packages = new DeclaredPackages('golang', object);
  if (OF_GO.has(file.module)) {
    return packages.found();
  }
  const stdlib = releaseOf(file);
  if (stdlib !== '') {
    packages.add({ name: 'stdlib', version: stdlib });
  }
  for (const { path, version } of file.requires) {
    const used = replacementOf(file, path, version);
    // Which version a folder holds nobody knows.
    const isFolder = used?.version === '';
    packages.add({
      name: isFolder ? path : (used?.path ?? path),
      version: isFolder ? '' : (used?.version ?? version),
    });
  }
  for (const line of file.notUnderstood) {
    packages.passOver('of no meaning in a go.mod', line);
  }
  if (file.requires.length > 0 && !listsAll(file.go)) {
    packages.passOver('of a Go before 1.17, which does not list what modules need in turn', `go ${file.go}`.trim());
  }
  return packages.found();
}

/** A version of the left side wins over none. */
function replacementOf(file: GoModFile, path: string, version: string): Replacement | undefined {
  return file.replaces.get(`${path} ${version}`) ?? file.replaces.get(path);
}

/** `toolchain go1.22.3`, or without such a line `go 1.22.3`; a language version alone is no release (Go Toolchains). */
function releaseOf({ go, toolchain }: GoModFile): string {
  if (toolchain !== '' && toolchain !== 'default') {
    return releaseVersion(toolchain);
  }
  return go.split('.').length === 3 || go.includes('rc') ? releaseVersion(`go${go}`) : '';
}

/** From Go 1.17 on indirect requirements are all there ("Module graph pruning"). */
function listsAll(go: string): boolean {
  const [major = '', minor = ''] = go.split(/[.rb]/, 2);
  return Number(major) > 1 || (major === '1' && Number(minor) >= 17);
}
