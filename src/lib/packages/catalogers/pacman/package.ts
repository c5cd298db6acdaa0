import type { PackageRecord } from '#model/package.ts';
import { beforeAny, CapabilityNames } from '../../capability-names.ts';
import { parseBlocks } from './parse-blocks.ts';

const NAMES: ReadonlySet<string> = new Set([
  'NAME',
  'VERSION',
  'BASE',
  'ARCH',
  'PACKAGER',
  'LICENSE',
  'DEPENDS',
  'PROVIDES',
]);

/**
 * The package that a `desc` file describes; all packages of a base are built from one PKGBUILD, so that they mostly share
 * its version. A reason for what describes none. Throws `LIMIT_EXCEEDED`.
 */
export function readDescription(bytes: Uint8Array, object: string): PackageRecord | string {
  const blocks = parseBlocks(bytes, NAMES, object);
  if (blocks === null) {
    return 'expected blocks of lines below a name in percent signs, found a line outside of them';
  }
  const first = (name: string): string => blocks.get(name)?.[0] ?? '';
  const all = (name: string): readonly string[] => blocks.get(name) ?? [];
  const name = first('NAME');
  const version = first('VERSION');
  if (name === '') {
    return 'expected a package with a name (%NAME%), found one without';
  }
  return {
    type: 'alpm',
    name,
    version,
    source: { name: first('BASE') === '' ? name : first('BASE'), version },
    ...(first('ARCH') === '' ? {} : { architecture: first('ARCH') }),
    ...(first('PACKAGER') === '' ? {} : { vendor: first('PACKAGER') }),
    ...new CapabilityNames(object).of(name, withoutVersions(all('DEPENDS')), withoutVersions(all('PROVIDES'))),
    licenses: all('LICENSE'),
  };
}

function* withoutVersions(relations: readonly string[]): Generator<string, void> {
  for (const relation of relations) {
    yield beforeAny(relation, '<>=');
  }
}
