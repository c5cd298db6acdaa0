import { quote } from '#base/error.ts';
import type { PackageRecord } from '#model/package.ts';
import { PackagesError } from '../../error.ts';
import { normalizeName } from './name.ts';
import type { Metadata } from './parse-metadata.ts';
import { namesRequired } from './requirements.ts';
import { surroundingsOf } from './surroundings.ts';
import { normalizeVersion } from './version.ts';

/** `object` is the path of the file. Throws `PACKAGE_METADATA_INVALID` when the name is missing or impossible. */
export function toPackageRecord(metadata: Metadata, object: string): PackageRecord {
  const name = normalizeName(metadata.name ?? '');
  // The class is that of the core metadata specification after normalisation; other names cannot be on an index.
  if (!/^[a-z0-9-]+$/.test(name)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'Python metadata without a usable name', {
      object,
      expected: 'a Name of ASCII letters, digits, period, underscore and hyphen',
      found: metadata.name === null ? 'none' : quote(metadata.name),
    });
  }
  const requires = [
    ...new Set(namesRequired(metadata.requirements, surroundingsOf(object)).map(normalizeName)),
  ].toSorted();
  return {
    type: 'pypi',
    name,
    version: normalizeVersion(metadata.version ?? ''),
    licenses: licensesOf(metadata),
    ...(requires.length === 0 ? {} : { requires }),
  };
}

/** A longer `License` is the text of the licence and not its name. */
const LICENSE_LENGTH = 200;
const CLASSIFIER = 'License :: ';
const CLASSIFIER_GROUP = 'OSI Approved';

/** The most exact of the three ways to say it. */
function licensesOf(metadata: Metadata): readonly string[] {
  if (isStated(metadata.licenseExpression)) {
    return [metadata.licenseExpression];
  }
  if (isStated(metadata.licenseName) && metadata.licenseName.length <= LICENSE_LENGTH) {
    return [metadata.licenseName];
  }
  const names = metadata.classifiers
    .filter((classifier) => classifier.startsWith(CLASSIFIER))
    .map((classifier) => classifier.slice(classifier.lastIndexOf(' :: ') + 4))
    .filter((name) => name !== CLASSIFIER_GROUP && name !== '');
  return [...new Set(names)];
}

/** Old tools wrote `UNKNOWN` where nothing was said. */
function isStated(text: string | null): text is string {
  return text !== null && text !== '' && text !== 'UNKNOWN';
}
