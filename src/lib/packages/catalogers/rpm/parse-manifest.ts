import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { Omissions } from '../../omissions.ts';
import { decodeText, linesOf } from '../../text.ts';
import { parseSourceFile } from './source-file.ts';

const COLUMNS = 10;
const NONE = '(none)';

/**
 * The lines of `container-manifest-2`, which images of CBL-Mariner and Azure Linux without rpm have instead of a database: name,
 * version and release, times of installation and build, vendor, epoch, size, architecture, epoch as a number, source file.
 * Some builders write `(none)` for every epoch, and have only the number, which is 0 for none.
 */
export function parseManifest(bytes: Uint8Array, object: string): Found {
  const packages: PackageRecord[] = [];
  const omissions = new Omissions();
  let number = 0;
  for (const line of linesOf(decodeText(bytes))) {
    number += 1;
    const columns = line.split('\t', COLUMNS + 1);
    const [
      name = '',
      version = '',
      ,
      ,
      vendor = '',
      epoch = '',
      ,
      architecture = '',
      epochNumber = '',
      sourceFile = '',
    ] = columns;
    if (line === '') {
      continue;
    }
    if (columns.length !== COLUMNS || name === '') {
      omissions.add(`expected a package in ${COLUMNS} columns, found another line`, number);
      continue;
    }
    if (packages.length === LIMITS.packagesPerFile) {
      throw limitExceeded(object, LIMITS.packagesPerFile, 'packages');
    }
    const source = parseSourceFile(sourceFile);
    packages.push({
      type: 'rpm',
      name,
      version: version === '' ? '' : `${prefixOf(epoch, epochNumber)}${version}`,
      ...(source === null ? {} : { source }),
      ...(isWritten(architecture) ? { architecture } : {}),
      ...(isWritten(vendor) ? { vendor } : {}),
      licenses: [],
    });
  }
  const unknowns = omissions.reasons();
  const empty = packages.length === 0 && unknowns.length === 0;
  const reasons = empty ? ['expected at least one package, found an empty manifest'] : unknowns;
  return { packages, ...(reasons.length === 0 ? {} : { unknowns: reasons }) };
}

function prefixOf(epoch: string, number: string): string {
  const written = isWritten(epoch) ? epoch : /^[1-9][0-9]{0,9}$/.test(number) ? number : '';
  return written === '' ? '' : `${written}:`;
}

function isWritten(column: string): boolean {
  return column !== '' && column !== NONE;
}
