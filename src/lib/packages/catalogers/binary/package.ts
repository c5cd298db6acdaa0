import type { PackageRecord } from '#model/package.ts';
import type { Classifier } from './classifier.ts';

/** Its type in package URLs is `generic`: that a program of this name and version was found is known, and not who built it. */
export function toPackageRecord({ name, cpe }: Classifier, version: string): PackageRecord {
  const named = cpe === undefined ? {} : { cpe: toCpe(cpe, version) };
  return { type: 'generic', name, version, licenses: [], confidence: 'inferred', ...named };
}

/** CPE naming specification 2.3, section 6.2: none of what a version holds is escaped. What is no number is the update of a release: `9.2p1` is `9.2` with `p1`. */
function toCpe(product: string, version: string): string {
  const [release, update] = splitUpdate(version);
  return `cpe:2.3:a:${product}:${release}:${update.toLowerCase()}:*:*:*:*:*:*`;
}

/** A single letter is part of the release, as in `1.1.1w`. */
function splitUpdate(version: string): readonly [release: string, update: string] {
  const end = version.search(/[^0-9.]/);
  return end === -1 || end === version.length - 1
    ? [version, '*']
    : [version.slice(0, end), version.slice(end).replace(/^[-_]/, '')];
}
