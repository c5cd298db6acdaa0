import { Fields, resourceOf } from '../../fields.ts';
import type { Completeness, ConfigSource, PredicateReader, ProvenancePredicate } from '../predicate.ts';

const TYPE = 'https://slsa.dev/provenance/v0.2';

export const slsaProvenanceV02: PredicateReader = {
  id: 'slsa-provenance-v02',
  capabilities: {
    title: 'SLSA provenance 0.2',
    kind: 'provenance',
    predicateTypes: [TYPE],
    specification: 'https://slsa.dev/spec/v0.2/provenance',
  },
  reads: (predicateType) => predicateType === TYPE,
  read: (predicate, _predicateType, object) =>
    readProvenance(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate')),
};

function readProvenance(fields: Fields): ProvenancePredicate {
  const invocation = fields.optionalFields('invocation');
  const metadata = fields.optionalFields('metadata');
  return {
    kind: 'provenance',
    version: '0.2',
    builderId: fields.fields('builder').textOrEmpty('id'),
    buildType: fields.text('buildType'),
    externalParameters: invocation?.optionalFields('parameters')?.toMap() ?? new Map<string, unknown>(),
    configSource: readConfigSource(invocation?.optionalFields('configSource') ?? null),
    resolvedDependencies: fields.optionalItems('materials').map(resourceOf),
    // in-toto-golang, and so BuildKit, writes the second.
    invocationId: metadata?.optionalText('buildInvocationId') ?? metadata?.optionalText('buildInvocationID') ?? null,
    startedOn: metadata?.optionalTime('buildStartedOn') ?? null,
    finishedOn: metadata?.optionalTime('buildFinishedOn') ?? null,
    completeness: readCompleteness(metadata?.optionalFields('completeness') ?? null),
    reproducible: metadata?.optionalFlag('reproducible') ?? null,
  };
}

function readConfigSource(fields: Fields | null): ConfigSource | null {
  return (
    fields && {
      uri: fields.optionalText('uri'),
      digest: fields.textsByName('digest'),
      entryPoint: fields.optionalText('entryPoint'),
    }
  );
}

/** What is not claimed is not complete. */
function readCompleteness(fields: Fields | null): Completeness | null {
  return (
    fields && {
      parameters: fields.optionalFlag('parameters') ?? false,
      environment: fields.optionalFlag('environment') ?? false,
      materials: fields.optionalFlag('materials') ?? false,
    }
  );
}
