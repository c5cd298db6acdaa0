import { parsePrograms } from '../../executables/programs.ts';
import { mainModule } from '../go-binary/package.ts';
import { parseBuildInfo } from '../go-binary/parse-build-info.ts';
import { parseModules } from '../go-binary/parse-modules.ts';
import type { GoClues } from './classifier.ts';
import { goProgramVersion, goRelease, isProgramOf } from './go-product.ts';

/** As `findVersions`. Throws what its readers throw for a damaged program. */
export function findGoVersions(bytes: Buffer, clues: GoClues, object: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const program of parsePrograms(bytes, object)) {
    const info = parseBuildInfo(program, object);
    const modules = parseModules(info?.modules ?? '');
    if (info === null || !isProgramOf(modules.path, clues.paths)) {
      continue;
    }
    const version = clues.toolchain === true ? toolchain(info.goVersion) : goProgramVersion(modules, clues);
    // What `go-binary` lists in this version is not said a second time.
    if (version !== null && version !== goRelease(mainModule(modules)?.version ?? '')) {
      found.add(version);
    }
  }
  return found;
}

/** Of `go1.24.1 X:experiment`. */
function toolchain(goVersion: string): string | null {
  const [release = ''] = goVersion.split(' ', 1);
  return release.startsWith('go') ? goRelease(release.slice(2)) : null;
}
