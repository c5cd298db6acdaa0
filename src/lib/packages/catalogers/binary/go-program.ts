import { parsePrograms } from '../../executables/programs.ts';
import { parseBuildInfo } from '../go-binary/parse-build-info.ts';
import { parseModules } from '../go-binary/parse-modules.ts';
import type { GoClues } from './classifier.ts';
import { readVersion } from './read-version.ts';

const GO_RELEASE = { numbers: 2 };

/** As `findVersions`. Throws what its readers throw for a damaged program. */
export function findGoVersions(bytes: Buffer, clues: GoClues, object: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const program of parsePrograms(bytes, object)) {
    const info = parseBuildInfo(program, object);
    if (info === null) {
      continue;
    }
    const { path, main, dependencies } = parseModules(info.modules);
    if (!clues.paths.some((pattern) => isPath(path, pattern))) {
      continue;
    }
    const dependency = dependencies.find((module) => module.path === clues.dependency);
    const said = [
      clues.toolchain === true && info.goVersion.startsWith('go')
        ? info.goVersion.slice(2).split(' ', 1)[0]
        : undefined,
      clues.variable === undefined ? undefined : linked(info.modules, clues.variable),
      clues.module === true ? main?.version : undefined,
      dependency?.version,
    ];
    const version = said.map((text) => release(text ?? '')).find((text) => text !== null);
    if (version !== undefined && version !== null) {
      found.add(version);
    }
  }
  return found;
}

function isPath(path: string, pattern: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) {
    return path === pattern;
  }
  const rest = pattern.slice(star + 1);
  const major = path.slice(star, path.length - rest.length);
  return path.startsWith(pattern.slice(0, star)) && path.endsWith(rest) && /^v[1-9][0-9]{0,2}$/.test(major);
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

/** `1.2.3` of `v1.2.3`, `1.2.3-rc.1` and so on; null for what is no release, such as `(devel)` and versions made of a commit. */
function release(text: string): string | null {
  const bytes = Buffer.from(text, 'latin1');
  const version = readVersion(bytes, text.startsWith('v') ? 1 : 0, GO_RELEASE);
  const rest = version === null ? text : text.slice(version.end);
  return version !== null && (rest === '' || rest.startsWith('+')) ? version.text : null;
}
