import type { PackageRecord } from '#model/package.ts';
import type { InstalledEntry } from './parse-installed.ts';

/** All packages of an origin are built from one APKBUILD, so that they share its version. */
export function toPackageRecord(entry: InstalledEntry): PackageRecord {
  const field = (letter: string): string => entry.fields.get(letter) ?? '';
  const version = field('V');
  const architecture = field('A');
  const license = field('L');
  return {
    type: 'apk',
    name: field('P'),
    version,
    source: { name: field('o') === '' ? field('P') : field('o'), version },
    ...(architecture === '' ? {} : { architecture }),
    licenses: license === '' ? [] : [license],
  };
}
