import { toCpe } from './cpe.ts';
import { GO_PRODUCTS } from './go-classifiers.ts';
import { readVersion } from './read-version.ts';

const GO_RELEASE = { numbers: 2, suffixes: ['-alpha.', '-beta.', '-rc.'] };

/** The CPE name of the program with this main package, of a version with its `v`; undefined where none is certain. */
export function goProgramCpe(path: string, version: string): string | undefined {
  const product = GO_PRODUCTS.find(({ paths }) => isProgramOf(path, paths));
  const release = goRelease(version);
  return product === undefined || release === null ? undefined : toCpe(product.cpe, release);
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

/** `1.2.3` of `v1.2.3`, `1.2.3-rc.1` and so on; null for what is no release, such as `(devel)` and versions made of a commit. */
export function goRelease(text: string): string | null {
  const bytes = Buffer.from(text, 'latin1');
  const version = readVersion(bytes, text.startsWith('v') ? 1 : 0, GO_RELEASE);
  const rest = version === null ? text : text.slice(version.end);
  return version !== null && (rest === '' || rest.startsWith('+')) ? version.text : null;
}
