import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { isPackageName } from '../npm/package.ts';
import { parseState } from './parse-state.ts';

/** As npm has it. */
const VERSION_LENGTH = 256;

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
    const source = sourceOf(reference);
    if (source.startsWith('workspace:')) {
      continue;
    }
    const version = versionOf(source);
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

/** Without the set of peers that it was resolved for. */
function sourceOf(reference: string): string {
  return reference.startsWith('virtual:') ? reference.slice(reference.indexOf('#') + 1) : reference;
}

/** Of a package of a registry, or of one that is patched. Null where only the package itself says it: a link, an address, a repository. */
function versionOf(source: string): string | null {
  const bindings = source.indexOf('::');
  const range = bindings === -1 ? source : source.slice(0, bindings);
  const version = range.startsWith('patch:')
    ? new URLSearchParams(bindings === -1 ? '' : source.slice(bindings + 2)).get('version')
    : range.startsWith('npm:')
      ? range.slice('npm:'.length)
      : null;
  return version !== null && version.length <= VERSION_LENGTH && /^\d[^\s/@]*$/.test(version) ? version : null;
}
