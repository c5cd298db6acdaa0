import { Fields, resourceOf } from '../../fields.ts';
import type { PredicateReader, ProvenancePredicate } from '../predicate.ts';

const TYPE = 'https://slsa.dev/provenance/v1';

export const slsaProvenanceV1: PredicateReader = {
  id: 'slsa-provenance-v1',
  capabilities: {
    title: 'SLSA build provenance 1',
    kind: 'provenance',
    predicateTypes: [TYPE],
    specification: 'https://slsa.dev/spec/v1.2/build-provenance',
  },
  // Minor versions keep the type (SLSA, parsing rules).
  reads: (predicateType) => predicateType === TYPE,
  read: (predicate, _predicateType, object) =>
    readProvenance(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate')),
};

function readProvenance(fields: Fields): ProvenancePredicate {
  const definition = fields.fields('buildDefinition');
  const details = fields.fields('runDetails');
  const metadata = details.optionalFields('metadata');
  return {
    kind: 'provenance',
    version: '1',
    builderId: details.fields('builder').textOrEmpty('id'),
    buildType: definition.text('buildType'),
    externalParameters: definition.fields('externalParameters').toMap(),
    configSource: null,
    resolvedDependencies: definition.optionalItems('resolvedDependencies').map(resourceOf),
    // in-toto-golang, and so BuildKit, writes the second.
    invocationId: metadata?.optionalText('invocationId') ?? metadata?.optionalText('invocationID') ?? null,
    startedOn: metadata?.optionalTime('startedOn') ?? null,
    finishedOn: metadata?.optionalTime('finishedOn') ?? null,
    completeness: null,
    reproducible: null,
  };
}
