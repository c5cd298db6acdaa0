import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';
import { beforeAny, CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import type { Meta } from './parse-meta.ts';

const NAME_LENGTH = 128;
/** What findlib writes for libraries that come with the compiler, and what they were before they did: these are no packages. */
const OF_THE_COMPILER = '[distributed with ';

/**
 * Null for a library that is part of OCaml. Inferred: libraries mostly have the name of their package, and some do not (`findlib` is of
 * `ocamlfind`). Throws `PACKAGE_METADATA_INVALID` for an impossible name.
 */
export function toPackageRecord({ version, requires }: Meta, name: string, object: string): PackageRecord | null {
  if (version?.toLowerCase().startsWith(OF_THE_COMPILER) === true) {
    return null;
  }
  if (name.length > NAME_LENGTH || !/^[\w+-]+$/.test(name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'OCaml library without a usable name', {
      object,
      expected: 'a folder named by ASCII letters, digits, underscores, dashes and plus signs',
      found: quote(name),
    });
  }
  // `ppxlib.ast` is inside `ppxlib`.
  const packages = requires.map((library) => beforeAny(library, '.'));
  return {
    type: 'opam',
    name,
    version: version !== null && version.length <= LIMITS.versionChars ? version.trim() : '',
    ...new CapabilityNames(object).of(name, packages, []),
    licenses: [],
    confidence: 'inferred',
  };
}
