import type { Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';

const VERSION = /^[0-9][A-Za-z0-9._+-]{0,99}$/;
const VENDOR = 256;
/** How Oracle marks what is built from its own sources. */
const COMMERCIAL = 'commercial';

/**
 * The runtime, and GraalVM where it is one. All are built from OpenJDK, whoever did it, but for those that Oracle sells; a version that is
 * none is an unknown, and the package is without one.
 */
export function toPackageRecords(release: ReadonlyMap<string, string>): Found {
  const unknowns: string[] = [];
  const record = (name: string, key: string): PackageRecord => {
    const stated = release.get(key) ?? '';
    const isVersion = VERSION.test(stated);
    if (!isVersion) {
      unknowns.push(`${key}: no version`);
    }
    const vendor = release.get('IMPLEMENTOR') ?? '';
    return {
      type: 'generic',
      name,
      version: isVersion ? stated : '',
      ...(vendor === '' || vendor.length > VENDOR ? {} : { vendor }),
      licenses: [],
    };
  };
  const runtime = record(release.get('BUILD_TYPE') === COMMERCIAL ? 'oracle-jdk' : 'openjdk', 'JAVA_VERSION');
  const packages = [runtime, ...(release.has('GRAALVM_VERSION') ? [record('graalvm', 'GRAALVM_VERSION')] : [])];
  return { packages, ...(unknowns.length === 0 ? {} : { unknowns }) };
}
