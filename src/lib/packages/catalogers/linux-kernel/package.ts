import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import type { ModuleInfo } from './parse-modinfo.ts';

/** A release without anything behind it is that of the sources as they were published; what others put there says what they changed, or not. */
const PUBLISHED = /^[0-9]+(?:\.[0-9]+){1,2}$/;

export function toKernelRecord(release: string): PackageRecord {
  return {
    type: 'generic',
    name: 'linux-kernel',
    version: release,
    provides: [release],
    licenses: [],
    ...(PUBLISHED.test(release) ? { cpe: `cpe:2.3:o:linux:linux_kernel:${release}:*:*:*:*:*:*:*` } : {}),
  };
}

/** Null for a module that is only part of its kernel. Throws `PACKAGE_METADATA_INVALID` for an impossible name. */
export function toModuleRecord(module: ModuleInfo, fileName: string, object: string): PackageRecord | null {
  const { version, licenses, depends, kernelRelease } = module;
  if (module.isInTree && version === null) {
    return null;
  }
  const name = module.name ?? fileName.replaceAll('-', '_');
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'kernel module without a usable name', {
      object,
      expected: 'a name of ASCII letters, digits, underscores and dashes',
      found: quote(name),
    });
  }
  return {
    type: 'generic',
    name,
    version: version !== null && version.length <= LIMITS.versionChars ? version : '',
    ...new CapabilityNames(object).of(name, [...depends, ...(kernelRelease === null ? [] : [kernelRelease])], []),
    licenses,
  };
}
