import { LIMITS } from '#base/limits.ts';
import type { Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { PackagesError } from '../../error.ts';
import type { Pubspec } from './parse-pubspec.ts';
import type { Place } from './place.ts';

/** The public one, by its name today and before. */
const PUBLIC: ReadonlySet<string> = new Set(['pub.dev', 'pub.dartlang.org']);
const NAME_CHARS = 256;

/**
 * What a server has is by the name of its folder, as pub looks for it, and its description has to say the same; a checkout is by what it
 * says itself. Throws `PACKAGE_METADATA_INVALID` for a checkout without a name.
 */
export function readPackage(pubspec: Pubspec, place: Place, object: string): Found {
  const { name, version } = place.kind === 'git' ? pubspec : place;
  if (name === null || name.length > NAME_CHARS || !/^[A-Za-z_]\w*$/.test(name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'Dart package without a name', {
      object,
      expected: 'a name of letters, digits and underscores in one line',
      found: 'none',
    });
  }
  const isVersion = version !== null && version.length <= LIMITS.versionChars && /^[0-9][\w.+-]*$/.test(version);
  const record: PackageRecord = {
    type: 'pub',
    name,
    version: isVersion ? version : '',
    licenses: [],
    ...(place.kind === 'hosted' && !PUBLIC.has(place.server)
      ? { qualifiers: { repository_url: addressOf(place.server) } }
      : {}),
  };
  const unknowns = [
    ...(isVersion ? [] : ['Dart package without a version']),
    ...(place.kind === 'hosted' && differs(pubspec, place) ? ['Dart package that says another name or version'] : []),
  ];
  return { packages: [record], ...(unknowns.length === 0 ? {} : { unknowns }) };
}

/** What is not said in a way that is read here contradicts nothing. */
function differs(pubspec: Pubspec, { name, version }: { readonly name: string; readonly version: string }): boolean {
  return (pubspec.name ?? name) !== name || (pubspec.version ?? version) !== version;
}

/** Pub leaves out `https://` and writes what a folder's name cannot have as the number of the character: two digits, but for `|`. */
function addressOf(server: string): string {
  const address = server.replace(/%(124|[0-9]{2})/g, (_, code: string) => String.fromCharCode(Number(code)));
  return /^(?:https?:\/\/|localhost)/.test(address) ? address : `https://${address}`;
}
