import type { PackageRecord } from '#model/package.ts';
import type { CapabilityNames } from '../../capability-names.ts';
import type { InstalledEntry } from './parse-installed.ts';
import { parseNames } from './parse-names.ts';

/** All packages of an origin are built from one APKBUILD, so that they share its version. Throws `LIMIT_EXCEEDED`. */
export function toPackageRecord(entry: InstalledEntry, names: CapabilityNames): PackageRecord {
  const field = (letter: string): string => entry.fields.get(letter) ?? '';
  const name = field('P');
  const version = field('V');
  const architecture = field('A');
  const vendor = field('m');
  const license = field('L');
  return {
    type: 'apk',
    name,
    version,
    source: { name: field('o') === '' ? name : field('o'), version },
    ...(architecture === '' ? {} : { architecture }),
    ...(vendor === '' ? {} : { vendor }),
    ...names.of(name, parseNames(field('D')), parseNames(field('p'))),
    licenses: license === '' ? [] : [license],
  };
}
