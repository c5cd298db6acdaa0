import { type Digest, isDigest } from '#base/digest.ts';
import type { EvidenceStates } from '#model/evidence.ts';
import type { ProvenancePredicate, Resource } from '../attestations/predicates/predicate.ts';
import { sourcesOf } from '../attestations/source.ts';
import type { Requirement, TrustedSigner } from '../configuration/index.ts';
import type { Judged } from './judged.ts';
import { summaryFault } from './summary.ts';

const NOTHING: EvidenceStates = { builder: '', buildType: '', source: '', result: '', levels: [], images: [] };

/** What a policy may ask of a statement besides who made it; undefined for statements that say nothing of the kind. */
export function statesOf(judged: Judged, requirements: readonly Requirement[]): EvidenceStates | undefined {
  const predicate = judged.claim?.kind === 'attestation' ? judged.claim.predicate : null;
  switch (predicate?.kind) {
    case 'provenance':
      return {
        ...NOTHING,
        builder: predicate.builderId ?? '',
        buildType: predicate.buildType,
        source: sourceOf(predicate),
        levels: levelsBy(judged, (signer) => grantedLevel(predicate, signer, requirements)),
        images: predicate.resolvedDependencies.flatMap(imageOf),
      };
    case 'verification-summary': {
      const stated = Math.max(0, ...predicate.verifiedLevels.map(buildLevel));
      const counts = ({ name }: TrustedSigner): boolean =>
        requirements.some(
          (one) =>
            one.kind === 'attestation' &&
            one.summary !== null &&
            summaryFault(predicate, { ...one.summary, levels: [] }, name, judged.content.object) === null,
        );
      return {
        ...NOTHING,
        result: predicate.result,
        levels: levelsBy(judged, (signer) => (counts(signer) ? stated : 0)),
      };
    }
    case 'test-result':
      return { ...NOTHING, result: predicate.result };
    default:
      return undefined;
  }
}

function levelsBy({ accepted }: Judged, levelOf: (signer: TrustedSigner) => number): EvidenceStates['levels'] {
  return accepted
    .map(({ signer }) => ({ signer: signer.name, level: levelOf(signer) }))
    .filter(({ level }) => level > 0);
}

/** Where several requirements speak of the builder, the most cautious of them counts. */
function grantedLevel(
  { builderId }: ProvenancePredicate,
  { name }: TrustedSigner,
  requirements: readonly Requirement[],
): number {
  const builders = requirements.flatMap((one) => (one.kind === 'attestation' ? (one.provenance?.builders ?? []) : []));
  const levels = builders
    .filter(({ id, signers }) => id === builderId && signers.some((signer) => signer.name === name))
    .map(({ level }) => level);
  return levels.length === 0 ? 0 : Math.min(...levels);
}

/** SLSA verification summary 1.0, `SlsaResult`: levels of other tracks say nothing of the build. */
function buildLevel(text: string): number {
  return Number(/^SLSA_BUILD_LEVEL_([0-4])$/.exec(text)?.[1] ?? 0);
}

/** One place, with its ref; none where the builder names several, which contradict each other. */
function sourceOf(provenance: ProvenancePredicate): string {
  const sources = new Set(
    sourcesOf(provenance).map(({ repository, ref }) => `${repository}${ref === null ? '' : `@${ref}`}`),
  );
  const [only = ''] = sources;
  return sources.size === 1 ? only : '';
}

/** `pkg:docker/python@3.13?platform=linux%2Famd64`, as BuildKit writes it, `pkg:oci/…`, `docker-image://`. */
function imageOf({ uri, digest }: Resource): EvidenceStates['images'] {
  if (uri === null || !/^(?:pkg:(?:docker|oci)\/|docker-image:\/\/|oci:\/\/)/.test(uri)) {
    return [];
  }
  const hex = digest.get('sha256');
  const text = `sha256:${hex ?? ''}`;
  return [{ name: uri, digest: isDigest(text) ? (text satisfies Digest) : null }];
}
