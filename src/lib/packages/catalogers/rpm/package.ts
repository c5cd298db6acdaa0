import { LIMITS } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';
import { parseDependency } from './parse-dependency.ts';
import { type Header, HeaderProblem, TAG } from './parse-header.ts';
import { parseSourceFile } from './source-file.ts';

/** Features of rpm itself that a package needs to be read. */
const OWN_FEATURES = 'rpmlib(';

/** Throws a `HeaderProblem` for a header without a name. */
export function toPackageRecord(header: Header): PackageRecord {
  const name = header.text(TAG.name);
  if (name === '') {
    throw new HeaderProblem('expected a package with a name, found one without');
  }
  const source = parseSourceFile(header.text(TAG.sourceRpm));
  const architecture = header.text(TAG.arch);
  const vendor = header.text(TAG.vendor);
  const module = header.text(TAG.modularityLabel);
  const license = header.text(TAG.license);
  const requires = needsOf(header);
  const provides = namesOf(header, TAG.provideName).filter((provided) => provided !== name);
  return {
    type: 'rpm',
    name,
    version: versionOf(header),
    ...(source === null ? {} : { source }),
    ...(architecture === '' ? {} : { architecture }),
    ...(vendor === '' ? {} : { vendor }),
    ...(module === '' ? {} : { module }),
    ...(requires.length === 0 ? {} : { requires }),
    ...(provides.length === 0 ? {} : { provides }),
    licenses: license === '' ? [] : [license],
  };
}

/** `[epoch:]version-release`; an epoch that is written counts, 0 as well. */
function versionOf(header: Header): string {
  const [epoch] = header.numbers(TAG.epoch);
  const version = header.text(TAG.version);
  const release = header.text(TAG.release);
  const withRelease = release === '' ? version : `${version}-${release}`;
  return epoch === undefined || version === '' ? withRelease : `${epoch}:${withRelease}`;
}

/** Each once. An expression is one text and many names, so that counting the texts is not enough. */
function needsOf(header: Header): readonly string[] {
  const needs = new Set<string>();
  for (const text of namesOf(header, TAG.requireName)) {
    parseDependency(text).forEach((name) => needs.add(name));
    if (needs.size > LIMITS.capabilitiesPerFile) {
      throw new HeaderProblem('expected fewer names that a package needs, found more');
    }
  }
  return [...needs];
}

/** Each once. */
function namesOf(header: Header, tag: number): readonly string[] {
  const names = new Set(header.texts(tag));
  return [...names].filter((name) => name !== '' && !name.startsWith(OWN_FEATURES));
}
