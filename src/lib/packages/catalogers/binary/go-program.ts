import { parsePrograms } from '../../executables/programs.ts';
import { mainModule } from '../go-binary/package.ts';
import { parseBuildInfo } from '../go-binary/parse-build-info.ts';
import { parseModules } from '../go-binary/parse-modules.ts';
import type { GoClues } from './classifier.ts';
import { goRelease, isProgramOf } from './go-product.ts';

/** As `findVersions`. Throws what its readers throw for a damaged program. */
export function findGoVersions(bytes: Buffer, clues: GoClues, object: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const program of parsePrograms(bytes, object)) {
    const info = parseBuildInfo(program, object);
    if (info === null) {
      continue;
    }
    const modules = parseModules(info.modules);
    // What `go-binary` lists is not said a second time.
    if (!isProgramOf(modules.path, clues.paths) || mainModule(modules) !== null) {
      continue;
    }
    const dependency = modules.dependencies.find((module) => module.path === clues.dependency);
    const said = [
      clues.toolchain === true && info.goVersion.startsWith('go')
        ? info.goVersion.slice(2).split(' ', 1)[0]
        : undefined,
      clues.variable === undefined ? undefined : linked(info.modules, clues.variable),
      dependency?.version,
    ];
    const version = said.map((text) => goRelease(text ?? '')).find((text) => text !== null);
    if (version !== undefined && version !== null) {
      found.add(version);
    }
  }
  return found;
}

/** What stands after `-X …variable=` in the line of linker flags; the variable's package may be below a `vendor` folder. */
function linked(modules: string, variable: string): string | undefined {
  const start = modules.indexOf('\nbuild\t-ldflags=');
  if (start === -1) {
    return undefined;
  }
  const flags = modules.slice(start + 1, modules.indexOf('\n', start + 1));
  for (let at = flags.indexOf(`${variable}=`); at !== -1; at = flags.indexOf(`${variable}=`, at + 1)) {
    if (at > 0 && ' /"\'='.includes(flags.charAt(at - 1))) {
      const value = flags.slice(at + variable.length + 1);
      const end = value.search(/[ "'\\]/);
      return end === -1 ? value : value.slice(0, end);
    }
  }
  return undefined;
}
