import type { PackageRecord, PackageSource } from '#model/package.ts';
import type { CapabilityNames } from '../../capability-names.ts';
import { parseRelation } from '../../dpkg-format/parse-relation.ts';
import type { StatusEntry } from '../../dpkg-format/parse-status.ts';

/** Licences stand in the `copyright` file of each package's documentation folder, which this member does not read. Throws `LIMIT_EXCEEDED`. */
export function toPackageRecord(entry: StatusEntry, names: CapabilityNames): PackageRecord {
  return {
    type: 'deb',
    name: entry.name,
    version: entry.version,
    source: sourceOf(entry),
    ...(entry.architecture === undefined ? {} : { architecture: entry.architecture }),
    ...(entry.maintainer === undefined ? {} : { vendor: entry.maintainer }),
    ...names.of(entry.name, parseRelation(entry.depends), parseRelation(entry.provides)),
    licenses: [],
  };
}

/** `Source: name (version)`; both parts fall back to the binary package's own (deb-src-control(5), Debian policy 5.6.1). */
function sourceOf(entry: StatusEntry): PackageSource {
  const written = entry.source ?? entry.name;
  const open = written.indexOf('(');
  if (open === -1) {
    return { name: written, version: entry.version };
  }
  const close = written.indexOf(')', open);
  const version = written.slice(open + 1, close === -1 ? written.length : close).trim();
  const name = written.slice(0, open).trim();
  return { name: name === '' ? entry.name : name, version: version === '' ? entry.version : version };
}
