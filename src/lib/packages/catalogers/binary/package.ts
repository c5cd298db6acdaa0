import type { PackageRecord } from '#model/package.ts';
import type { Classifier } from './classifier.ts';
import { toCpe } from './cpe.ts';

/** Its type in package URLs is `generic`: that a program of this name and version was found is known, and not who built it. */
export function toPackageRecord({ name, cpe }: Classifier, version: string): PackageRecord {
  const named = cpe === undefined ? {} : { cpe: toCpe(cpe, version) };
  return { type: 'generic', name, version, licenses: [], confidence: 'inferred', ...named };
}
