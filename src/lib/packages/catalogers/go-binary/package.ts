import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';
import { goProgramCpe } from '../binary/go-product.ts';
import { releaseVersion } from './go-release.ts';
import { linkedVersion } from './linked-version.ts';
import type { BuildInfo } from './parse-build-info.ts';
import type { GoModule, ModuleList } from './parse-modules.ts';
import { isPseudoVersion } from './pseudo-version.ts';

/** The standard library under the name that Go advisories give it, the main module if it is a release, and all dependencies. */
export function toPackageRecords(info: BuildInfo, modules: ModuleList, object: string): readonly PackageRecord[] {
  if (modules.dependencies.length >= LIMITS.packagesPerFile) {
    throw limitExceeded(object, LIMITS.packagesPerFile, 'modules', modules.dependencies.length);
  }
  const main = mainModule(modules);
  return [
    { type: 'golang', name: 'stdlib', version: releaseVersion(info.goVersion), licenses: [] },
    ...(main === null ? [] : [main]),
    ...modules.dependencies.map(toRecord),
  ];
}

/** Null where its version is not known. What Go itself stamped comes first: only where it knew no release does a variable count. */
export function mainModule(modules: ModuleList): PackageRecord | null {
  if (modules.main === null) {
    return null;
  }
  const record = toRecord(modules.main);
  const isRelease = record.version !== '' && !isPseudoVersion(record.version);
  const version = isRelease ? record.version : linkedVersion(modules);
  if (version === null) {
    return null;
  }
  const cpe = goProgramCpe(modules, version);
  return { ...record, version, ...(cpe === undefined ? {} : { cpe }) };
}

/** A module of which a folder was used keeps its name, but which version that folder holds nobody knows. */
function toRecord(module: GoModule): PackageRecord {
  const used = module.replacement ?? module;
  const isFolder = used.path.startsWith('.') || used.path.startsWith('/');
  const version = isFolder || used.version === '(devel)' ? '' : used.version;
  return { type: 'golang', name: isFolder ? module.path : used.path, version, licenses: [] };
}
