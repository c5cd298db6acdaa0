import { quote } from '#base/error.ts';
import type { PackageRecord } from '#model/package.ts';
import { beforeAny, CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import type { CondaRecord } from './parse-record.ts';

const LENGTH = 256;
/** In which packages come, and what the purl calls their `type`. */
const ARCHIVES: readonly string[] = ['conda', 'tar.bz2'];

/** Throws `PACKAGE_METADATA_INVALID` for a missing or impossible name. */
export function toPackageRecord(record: CondaRecord, object: string): PackageRecord {
  const { name, version, license, depends } = record;
  if (name === null || !isWord(name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'record of a conda package without a usable name', {
      object,
      expected: 'a name of ASCII letters, digits, dashes, periods and underscores',
      found: name === null ? 'none' : quote(name),
    });
  }
  const requires = depends.map((dependency) => beforeAny(dependency.trim(), ' <>=!~[')).filter(isWord);
  return {
    type: 'conda',
    name,
    version: version !== null && version.length <= LENGTH ? version : '',
    ...new CapabilityNames(object).of(name, requires, []),
    licenses: license === null ? [] : [license],
    qualifiers: qualifiersOf(record),
  };
}

function qualifiersOf({ build, subdir, channel, fileName }: CondaRecord): Readonly<Record<string, string>> {
  const values: readonly (readonly [string, string | null | undefined])[] = [
    ['build', build],
    ['channel', channel === null ? null : channelName(channel, subdir)],
    ['subdir', subdir],
    ['type', ARCHIVES.find((archive) => fileName?.endsWith(`.${archive}`) === true)],
  ];
  return Object.fromEntries(
    values.flatMap(([key, value]) => (value !== null && value !== undefined && isWord(value) ? [[key, value]] : [])),
  );
}

/** The last part of its address, as people name it: `conda-forge`, `main`. What is before that may hold a token. */
function channelName(channel: string, subdir: string | null): string {
  const parts = channel.split('/', 64).filter((part) => part !== '');
  return (parts.at(-1) === subdir ? parts.at(-2) : parts.at(-1)) ?? '';
}

function isWord(text: string): boolean {
  return text.length <= LENGTH && /^[\w.+!-]+$/.test(text);
}
