import type { PackageRecord } from '#model/package.ts';

const LENGTH = 256;

/** Null for what is no `NAME.VERSION`: names have no periods (opam manual, "Package names"). */
export function toPackageRecord(installed: string): PackageRecord | null {
  const period = installed.indexOf('.');
  const name = installed.slice(0, Math.max(period, 0));
  const version = installed.slice(period + 1);
  const isPackage = installed.length <= LENGTH && /^[\w+-]+$/.test(name) && /^[\w.+~-]+$/.test(version);
  return isPackage ? { type: 'opam', name, version, licenses: [] } : null;
}
