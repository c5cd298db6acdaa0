import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';
import { releaseVersion } from './go-release.ts';
import type { BuildInfo } from './parse-build-info.ts';
import type { GoModule, ModuleList } from './parse-modules.ts';

/** The standard library under the name that Go advisories give it, the main module if it is a release, and all dependencies. */
export function toPackageRecords(info: BuildInfo, modules: ModuleList, object: string): readonly PackageRecord[] {
  if (modules.dependencies.length >= LIMITS.packagesPerFile) {
    throw limitExceeded(object, LIMITS.packagesPerFile, 'modules', modules.dependencies.length);
  }
  const main = modules.main === null ? [] : [toRecord(modules.main)];
  return [
    { type: 'golang', name: 'stdlib', version: releaseVersion(info.goVersion), licenses: [] },
    ...main.filter((record) => record.version !== '' && !isPseudoVersion(record.version)),
    ...modules.dependencies.map(toRecord),
  ];
}

/** A module of which a folder was used keeps its name, but which version that folder holds nobody knows. */
function toRecord(module: GoModule): PackageRecord {
  const used = module.replacement ?? module;
  const isFolder = used.path.startsWith('.') || used.path.startsWith('/');
  const version = isFolder || used.version === '(devel)' ? '' : used.version;
  return { type: 'golang', name: isFolder ? module.path : used.path, version, licenses: [] };
}

/**
 * `v1.2.4-0.20240102150405-0123456789ab`: made of a commit's time and hash (Go modules reference, Pseudo-versions). Of a
 * dependency it says exactly what was used. Of a main module it depends on the tags that the builder's clone had, so
 * that comparing it would report what was fixed long ago.
 */
function isPseudoVersion(version: string): boolean {
  const [stamp = '', hash = ''] = (version.split('+', 1)[0] ?? '').split('-').slice(-2);
  return /^[0-9a-f]{12}$/.test(hash) && /^[0-9]{14}$/.test(stamp.slice(-14)) && version.includes('-');
}
