import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { isPackageName } from '../npm/package.ts';
import { parseState } from './parse-state.ts';

interface Installed {
  readonly name: string;
  readonly version: string;
  readonly references: string[];
  readonly needs: string[];
}

/** The packages of a project, as its state file has them. Throws what `parseState` throws, and `LIMIT_EXCEEDED`. */
export function readState({ bytes, path }: AnalysedFile): Found {
  const installed = new Map<string, Installed>();
  const unnamed: string[] = [];
  let unread = 0;
  for (const { name, reference, needs } of parseState(bytes, path)) {
    const version = versionOf(reference);
    if (version === 'own') {
      continue;
    }
    if (version === null || !isPackageName(name)) {
      unread += 1;
      unnamed[0] ??= `${name}@${reference}`;
      continue;
    }
    const known = installed.get(`${name}@${version}`) ?? { name, version, references: [], needs: [] };
    installed.set(`${name}@${version}`, known);
    if (installed.size > LIMITS.packagesPerFile) {
      throw limitExceeded(path, LIMITS.packagesPerFile, 'packages');
    }
    known.references.push(`${name}@${reference}`);
    for (const each of needs) {
      known.needs.push(each);
    }
  }
  const names = new CapabilityNames(path);
  const packages = [...installed.values()].map(({ name, version, references, needs }): PackageRecord => {
    const own = new Set(references);
    return {
      type: 'npm',
      name,
      version,
      licenses: [],
      ...names.of(
        name,
        needs.filter((each) => !own.has(each)),
        references,
      ),
    };
  });
  const [first = ''] = unnamed;
  return {
    packages,
    ...(unread === 0 ? {} : { unknowns: [`packages without a version: ${unread}, the first ${quote(first, 80)}`] }),
  };
}

/**
 * The version of a reference to a registry, or of a patched package; `own` for a part of the project. Null where only the package itself says
 * it: a link, an archive at an address, a repository.
 */
function versionOf(reference: string): string | 'own' | null {
  const actual = reference.startsWith('virtual:') ? reference.slice(reference.indexOf('#') + 1) : reference;
  if (actual.startsWith('workspace:')) {
    return 'own';
  }
  const bindings = actual.indexOf('::');
  const range = bindings === -1 ? actual : actual.slice(0, bindings);
  const version = range.startsWith('patch:')
    ? new URLSearchParams(bindings === -1 ? '' : actual.slice(bindings + 2)).get('version')
    : range.startsWith('npm:')
      ? range.slice('npm:'.length)
      : null;
  return version !== null && version.length <= 256 && /^\d[^\s/@]*$/.test(version) ? version : null;
}
