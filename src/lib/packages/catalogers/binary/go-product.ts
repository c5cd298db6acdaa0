import type { ModuleList } from '../go-binary/parse-modules.ts';
import type { GoClues } from './classifier.ts';
import { toCpe } from './cpe.ts';
import { GO_PRODUCTS } from './go-classifiers.ts';
import { readVersion } from './read-version.ts';

const GO_RELEASE = { numbers: 2, suffixes: ['-alpha.', '-beta.', '-rc.'] };

/**
 * The CPE name of a program, of the version of its main module with a `v`. Undefined where none is certain: some programs have other
 * versions than their modules, as Prometheus, whose 3.1.0 is `v0.301.0`.
 */
export function goProgramCpe(modules: ModuleList, version: string): string | undefined {
  const product = GO_PRODUCTS.find(({ go }) => isProgramOf(modules.path, go.paths));
  const release = goRelease(version);
  const isSame = product !== undefined && (!hasClue(product.go) || goProgramVersion(modules, product.go) === release);
  return isSame && release !== null ? toCpe(product.cpe, release) : undefined;
}

/** What the build says besides the main module; null when it says nothing. */
export function goProgramVersion(modules: ModuleList, clues: GoClues): string | null {
  const dependency = modules.dependencies.find(({ path }) => path === clues.dependency);
  return goRelease(linked(modules.linkerFlags, clues.variable) ?? '') ?? goRelease(dependency?.version ?? '');
}

function hasClue({ variable, dependency }: GoClues): boolean {
  return variable !== undefined || dependency !== undefined;
}

export function isProgramOf(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => isPath(path, pattern));
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

/** What stands after `-X …variable=` in the linker flags; the variable's package may be below a `vendor` folder. */
function linked(flags: string, variable: string | undefined): string | null {
  if (variable === undefined) {
    return null;
  }
  for (let at = flags.indexOf(`${variable}=`); at !== -1; at = flags.indexOf(`${variable}=`, at + 1)) {
    if (at > 0 && ' /"\'='.includes(flags.charAt(at - 1))) {
      const value = flags.slice(at + variable.length + 1);
      const end = value.search(/[ "'\\]/);
      return end === -1 ? value : value.slice(0, end);
    }
  }
  return null;
}

/** `1.2.3` of `v1.2.3`, `1.2.3-rc.1` and so on; null for what is no release, such as `(devel)` and versions made of a commit. */
export function goRelease(text: string): string | null {
  const bytes = Buffer.from(text, 'latin1');
  const version = readVersion(bytes, text.startsWith('v') ? 1 : 0, GO_RELEASE);
  const rest = version === null ? text : text.slice(version.end);
  return version !== null && (rest === '' || rest.startsWith('+')) ? version.text : null;
}
