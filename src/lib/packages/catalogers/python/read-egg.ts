import type { AnalysedFile, Found } from '#model/analyser.ts';
import { PackagesError } from '../../error.ts';
import { decodeText, linesOf } from '../../text.ts';
import { UnpackingBudget } from '../../zip/unpacking-budget.ts';
import { openZip } from '../../zip/zip-archive.ts';
import { toPackageRecord } from './package.ts';
import { parseMetadata } from './parse-metadata.ts';
import { requirementsOf } from './requirements.ts';

const METADATA = 'EGG-INFO/PKG-INFO';
const REQUIREMENTS = 'EGG-INFO/requires.txt';

/** A zipped egg. Throws `ZIP_INVALID` and `PACKAGE_METADATA_INVALID`. */
export function readEgg({ bytes, path }: AnalysedFile): Found {
  const wanted = (name: string): boolean => name === METADATA || name === REQUIREMENTS;
  const archive = openZip(bytes, path, wanted, new UnpackingBudget());
  const read = (name: string): Uint8Array | null => {
    const entry = archive.entries.find((each) => each.name === name);
    return entry === undefined ? null : archive.read(entry);
  };
  const described = read(METADATA);
  if (described === null) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'egg without metadata', { object: path, expected: METADATA });
  }
  const metadata = parseMetadata(described);
  const listed = read(REQUIREMENTS);
  const more = listed === null ? [] : requirementsOf(linesOf(decodeText(listed)));
  const record = toPackageRecord({ ...metadata, requirements: [...metadata.requirements, ...more] }, path);
  const { unknowns } = archive;
  return { packages: [{ ...record, within: METADATA }], ...(unknowns.length === 0 ? {} : { unknowns }) };
}
