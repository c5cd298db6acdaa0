import { quote } from '#base/error.ts';
import { Fields } from '../../fields.ts';
import type { PredicateReader, SbomPredicate } from '../predicate.ts';
import { isTypeOrVersion, isVersionWithin, versionOf } from '../types.ts';
import { readTagValueHead } from './tag-value.ts';
import { readVersion3Head } from './version-3.ts';

const TYPE = 'https://spdx.dev/Document';
const VERSION_PREFIX = 'SPDX-';

export const spdx: PredicateReader = {
  id: 'spdx',
  capabilities: {
    title: 'SPDX document',
    kind: 'sbom',
    predicateTypes: [`${TYPE}[/vX.Y]`],
    specification: 'https://github.com/in-toto/attestation/blob/main/spec/predicates/spdx2.md',
  },
  reads: (predicateType) => isTypeOrVersion(predicateType, TYPE),
  read: readSpdx,
};

function readSpdx(predicate: unknown, predicateType: string, object: string): SbomPredicate {
  const head = readHead(predicate, object);
  const named = versionOf(predicateType, TYPE);
  if (named !== null && !isVersionWithin(head.specVersion, named)) {
    const fields = Fields.of({}, object, 'PREDICATE_INVALID', 'predicate');
    throw fields.invalid('spdxVersion', `${named}, as the predicate type says`, quote(head.specVersion));
  }
  return head;
}

function readHead(predicate: unknown, object: string): SbomPredicate {
  // `cosign attest --type spdx` puts the tag-value form into a text.
  if (typeof predicate === 'string') {
    return readTagValueHead(predicate, object);
  }
  const fields = Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate');
  return fields.has('@graph') ? readVersion3Head(fields) : readVersion2Head(fields);
}

/** SPDX 2.x as JSON (clause 6, document creation information). */
function readVersion2Head(fields: Fields): SbomPredicate {
  const version = fields.text('spdxVersion');
  if (!version.startsWith(`${VERSION_PREFIX}2.`)) {
    throw fields.invalid('spdxVersion', `${VERSION_PREFIX}2.x`, quote(version));
  }
  return {
    kind: 'sbom',
    format: 'spdx',
    specVersion: version.slice(VERSION_PREFIX.length),
    created: fields.fields('creationInfo').time('created'),
    name: fields.optionalText('name'),
    components: fields.optionalList('packages').length,
  };
}
