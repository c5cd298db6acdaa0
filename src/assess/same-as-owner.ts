import type { PackageLocation, PackageRecord } from '#model/package.ts';

/** A package as one file shows it. */
interface Seen {
  readonly record: PackageRecord;
  readonly location: PackageLocation;
}

/** A package version and everywhere it was seen. */
interface Found {
  readonly purl: string;
  readonly sightings: Seen[];
}

/**
 * Takes away what a program says of itself where an OS package brought it in the same version: it is that package, and not one more. What is
 * of another version came along in a package of another name, and stays. So does a program of a package for which no distribution speaks.
 */
export function leaveOutOwners(found: Map<string, Found>, isThirdParty: (record: PackageRecord) => boolean): void {
  const programs = [...found].filter(([, { sightings }]) => sightings.some(isOwnedProgram));
  if (programs.length === 0) {
    return;
  }
  const owners = new Map([...found.values()].map(({ purl, sightings: [first] }) => [purl, first?.record]));
  for (const [identity, { sightings }] of programs) {
    const others = sightings.filter((each) => {
      const owner = owners.get(each.location.ownedBy ?? '');
      const isOwner = owner !== undefined && isSameVersion(each.record.version, owner.version) && !isThirdParty(owner);
      return !(isOwner && isOwnedProgram(each));
    });
    sightings.splice(0, sightings.length, ...others);
    if (others.length === 0) {
      found.delete(identity);
    }
  }
}

/** Of a type that no package manager of a language has. */
function isOwnedProgram({ record, location }: Seen): boolean {
  return record.type === 'generic' && location.ownedBy !== undefined;
}

/** `1:1.2.13.dfsg-1` packages `1.2.13`, and neither `1.2.1` nor what comes before it (`1.2.13~rc1`, `1.2.13_rc1`). */
function isSameVersion(version: string, packaged: string): boolean {
  const upstream = packaged.replace(/^[0-9]+:/, '');
  return (
    version !== '' && upstream.startsWith(version) && !/^(?:\.?[0-9]|[A-Za-z~_])/.test(upstream.slice(version.length))
  );
}
