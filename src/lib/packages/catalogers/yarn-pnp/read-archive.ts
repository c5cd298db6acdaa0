import type { AnalysedFile, Found } from '#model/analyser.ts';
import { PackagesError } from '../../error.ts';
import { UnpackingBudget } from '../../zip/unpacking-budget.ts';
import { openZip } from '../../zip/zip-archive.ts';
import { toPackageRecord } from '../npm/package.ts';
import { packagePath } from '../npm/package-path.ts';
import { parsePackageJson } from '../npm/parse-package-json.ts';

/** The package of an archive of Yarn's cache, where it is at `node_modules/NAME`, and those that it brings along. Throws `ZIP_INVALID` and others. */
export function readCachedPackage({ bytes, path }: AnalysedFile): Found {
  const archive = openZip(bytes, path, (name) => packagePath(name) === 'installed', new UnpackingBudget());
  if (archive.entries.length === 0) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'archive without a package', {
      object: path,
      expected: 'node_modules/NAME/package.json in it',
    });
  }
  // What they need is in the state file, by project.
  const packages = archive.entries.map((entry) => {
    const { requires: _, ...record } = toPackageRecord(parsePackageJson(archive.read(entry), path), path);
    return { ...record, within: entry.name };
  });
  const { unknowns } = archive;
  return { packages, ...(unknowns.length === 0 ? {} : { unknowns }) };
}
