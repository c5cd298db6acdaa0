import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { OwnedFiles } from '#model/ownership.ts';
import type { PackageRecord } from '#model/package.ts';
import { emptyIsUnknown } from '../../omissions.ts';
import { Damage, type HeaderBlob } from './blob.ts';
import { type Installed, provideNeededFiles } from './needed-files.ts';
import { ownedFiles } from './owned-files.ts';
import { toPackageRecord } from './package.ts';
import { type Header, HeaderProblem, parseHeader, TAG } from './parse-header.ts';

/** A key that signatures are checked with is kept like a package, and is none. */
const KEY = 'gpg-pubkey';

/** Reads the headers that `parse` finds in the file. Throws what that throws, and `LIMIT_EXCEEDED`. */
export function readDatabase(
  { path, bytes }: AnalysedFile,
  parse: (bytes: Uint8Array, object: string, damage: Damage) => Iterable<HeaderBlob>,
): Found {
  const installed: Installed[] = [];
  const damage = new Damage();
  let capabilities = 0;
  let files = 0;
  for (const blob of parse(bytes, path, damage)) {
    const header = readable(blob, damage, () => parseHeader(blob.bytes));
    if (header === null) {
      continue;
    }
    if (installed.length === LIMITS.packagesPerFile) {
      throw limitExceeded(path, LIMITS.packagesPerFile, 'packages');
    }
    const written = header.count(TAG.requireName) + header.count(TAG.provideName);
    if (capabilities + written > LIMITS.capabilitiesPerFile) {
      throw limitExceeded(path, LIMITS.capabilitiesPerFile, 'names that packages need or provide');
    }
    files += header.count(TAG.baseNames) + header.count(TAG.dirNames);
    if (files > LIMITS.layerEntries) {
      throw limitExceeded(path, LIMITS.layerEntries, 'files and folders of packages');
    }
    const record = readable(blob, damage, () => toPackageRecord(header));
    if (record !== null && record.name !== KEY) {
      capabilities += (record.requires?.length ?? 0) + (record.provides?.length ?? 0);
      installed.push({ record, owned: ownedBy(record, blob, header, damage) });
    }
  }
  const packages = provideNeededFiles(installed, path);
  const owned = installed.flatMap((each) => each.owned ?? []);
  const unknowns = emptyIsUnknown(packages.length, damage.reasons());
  return {
    packages,
    ...(owned.length === 0 ? {} : { owned }),
    ...(unknowns.length === 0 ? {} : { unknowns }),
  };
}

/** A package whose files cannot be read stays a package. */
function ownedBy(
  { name, architecture, version }: PackageRecord,
  blob: HeaderBlob,
  header: Header,
  damage: Damage,
): OwnedFiles | null {
  const owned = readable(blob, damage, () => ownedFiles(header));
  if (owned === null || owned.files.count === 0) {
    return null;
  }
  const { files, contents } = owned;
  return {
    package: name,
    ...(architecture === undefined ? {} : { architecture }),
    version,
    files: files.toText(),
    ...(contents.count === 0 ? {} : { contents: contents.toText() }),
  };
}

/** Null, and a reason in `damage`, for what a header problem keeps from being read. */
function readable<T>({ number }: HeaderBlob, damage: Damage, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof HeaderProblem) {
      damage.packages.add(error.message, number);
      return null;
    }
    throw error;
  }
}
