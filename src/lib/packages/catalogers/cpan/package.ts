import { type Members, membersOf, textOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { Found } from '#model/analyser.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import type { Place } from './place.ts';
import { type Distribution, splitDistribution } from './split-distribution.ts';

const LENGTH = 256;

/**
 * The distribution of a folder of metadata. Its name and version are those of the archive, so that both files of a folder
 * say the same; modules, which have versions of their own, are what it provides. Throws errors of the JSON parser,
 * `PACKAGE_METADATA_INVALID` and `LIMIT_EXCEEDED`.
 */
export function readMetadata(bytes: Uint8Array, { distribution, file }: Place, object: string): Found {
  const members = membersOf(parseStrictJson(bytes, object));
  if (members === null) {
    throw broken(object, 'an object', 'another JSON value');
  }
  const isOwn = file === 'MYMETA.json';
  const split = splitDistribution(distribution) ?? (isOwn ? stated(members) : null);
  if (split === null || split.name.length > LENGTH || !/^[A-Za-z0-9_.+-]+$/.test(split.name)) {
    throw broken(object, 'the name of a distribution and its version', 'none that is certain');
  }
  const modules = [...keysOf(members.get('provides')), ...(isOwn ? [] : [textOf(members, 'name') ?? ''])];
  const capabilities = new CapabilityNames(object).of(split.name, isOwn ? needs(members) : [], modules);
  const licenses = isOwn ? licensesOf(members.get('license')) : [];
  return {
    packages: [
      {
        type: 'cpan',
        name: split.name,
        version: split.version.length > LENGTH ? '' : split.version,
        ...capabilities,
        licenses,
      },
    ],
  };
}

/** What a distribution calls itself; an installer names the module that was asked for. */
function stated(members: Members): Distribution | null {
  const name = textOf(members, 'name');
  const version = textOf(members, 'version');
  return name === null || version === null ? null : { name, version };
}

/** Modules that it needs when it runs; in metadata of version 1.4 these had a place of their own. Perl itself is no module. */
function needs(members: Members): readonly string[] {
  const runtime = membersOf(membersOf(members.get('prereqs'))?.get('runtime'))?.get('requires');
  return keysOf(runtime ?? members.get('requires')).filter((module) => module !== 'perl');
}

function keysOf(value: unknown): readonly string[] {
  return [...(membersOf(value)?.keys() ?? [])];
}

/** `["perl_5"]`, in old metadata `"perl"`. */
function licensesOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string').filter((text) => text !== '' && text !== 'unknown');
}

function broken(object: string, expected: string, found: string): PackagesError {
  return new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable metadata of a Perl distribution', {
    object,
    expected,
    found,
  });
}
