import { quote } from '#base/error.ts';
import { Fields } from '../../fields.ts';
import type { PredicateReader, SbomPredicate } from '../predicate.ts';
import { isTypeOrVersion, isVersionWithin, versionOf } from '../types.ts';

const TYPE = 'https://cyclonedx.org/bom';

export const cyclonedx: PredicateReader = {
  id: 'cyclonedx',
  capabilities: {
    title: 'CycloneDX bill of materials',
    kind: 'sbom',
    predicateTypes: [`${TYPE}[/vX.Y]`],
    specification: 'https://github.com/in-toto/attestation/blob/main/spec/predicates/cyclonedx.md',
  },
  reads: (predicateType) => isTypeOrVersion(predicateType, TYPE),
  read: (predicate, predicateType, object) =>
    readHead(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate'), versionOf(predicateType, TYPE)),
};

function readHead(fields: Fields, named: string | null): SbomPredicate {
  fields.word('bomFormat', ['CycloneDX']);
  const specVersion = fields.text('specVersion');
  if (named !== null && !isVersionWithin(specVersion, named)) {
    throw fields.invalid('specVersion', `${named}, as the predicate type says`, quote(specVersion));
  }
  const metadata = fields.optionalFields('metadata');
  return {
    kind: 'sbom',
    format: 'cyclonedx',
    specVersion,
    created: metadata?.optionalTime('timestamp') ?? null,
    name: metadata?.optionalFields('component')?.optionalText('name') ?? null,
    components: fields.optionalList('components').length,
  };
}
