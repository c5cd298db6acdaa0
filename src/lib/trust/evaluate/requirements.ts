import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { RefusedEvidence, VerifiedRequirement } from '#model/evidence.ts';
import { checkProvenance } from '../attestations/provenance.ts';
import type { AttestationRequirement, Requirement, SignatureRequirement } from '../configuration/index.ts';
import { type ReferencedImage, signedReferenceFault } from '../configuration/signed-reference.ts';
import { describeRequirement } from './describe.ts';
import { ageFault, freshnessEnd } from './freshness.ts';
import type { Accepted, Fault, Judged } from './judged.ts';
import { heldUntil, matchOperators, type Support } from './operators.ts';
import { signerIdentity } from './signer-identity.ts';
import { summaryFault } from './summary.ts';
import type { Superseding } from './superseding.ts';
import { decisionEnd, decisionFault } from './verdict.ts';

/** The image as it was asked for, and when. */
export interface Asked extends ReferencedImage {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly superseding: Superseding;
}

export interface RequirementAnswer {
  readonly requirement: VerifiedRequirement;
  /** The first instant at which an acceptance may turn; null when none is known, or when it was refused. */
  readonly validUntil: number | null;
}

/**
 * Whether what hangs on `covering`, the manifests whose signatures count for an image, meets a requirement. What does not
 * count is named with its reason. Distinct operators are counted, never signatures.
 */
export function checkRequirement(
  requirement: Requirement,
  judged: readonly Judged[],
  covering: ReadonlySet<Digest>,
  asked: Asked,
): RequirementAnswer {
  if (requirement.kind === 'refuse') {
    return refusal(requirement.reason);
  }
  const counted: Counted[] = [];
  const rejected: RefusedEvidence[] = [];
  for (const item of judged.filter(({ subject }) => covering.has(subject.digest))) {
    const answers = item.claim === null || isAsked(item, requirement) ? answersOf(item, requirement, asked) : [];
    for (const answer of answers) {
      if (answer.kind === 'counted') {
        counted.push(answer);
      } else {
        rejected.push(answer.refused);
      }
    }
  }
  const matched = matchOperators(counted);
  const found = matched.size;
  const outcome = found >= requirement.threshold ? 'accepted' : 'refused';
  const alone = outcome === 'refused' ? counted.filter(({ operator }) => !matched.has(operator)) : [];
  return {
    requirement: {
      requirement: describeRequirement(requirement),
      outcome,
      needed: requirement.threshold,
      found,
      accepted: counted.map(({ item, accepted }) => ({
        subject: item.subject.digest,
        blob: item.content.blob,
        signer: accepted.signer.name,
        operator: accepted.signer.operator,
      })),
      rejected: [...rejected, ...alone.map(countedAlready)],
    },
    validUntil: outcome === 'accepted' ? heldUntil(counted, requirement.threshold) : null,
  };
}

function refusal(reason: string): RequirementAnswer {
  return {
    requirement: {
      requirement: `nothing passes: ${reason}`,
      outcome: 'refused',
      needed: 0,
      found: 0,
      accepted: [],
      rejected: [],
    },
    validUntil: null,
  };
}

interface Counted extends Support {
  readonly kind: 'counted';
  readonly item: Judged;
  readonly accepted: Accepted;
}

type Answer = Counted | { readonly kind: 'refused'; readonly refused: RefusedEvidence };

/** Content of another kind is not mentioned; it was not asked for. */
function isAsked({ claim }: Judged, requirement: SignatureRequirement | AttestationRequirement): boolean {
  if (requirement.kind === 'signature') {
    return claim?.kind === 'signature';
  }
  return claim?.kind === 'attestation' && requirement.predicateType.matches(claim.predicateType);
}

function answersOf(
  item: Judged,
  requirement: SignatureRequirement | AttestationRequirement,
  image: Asked,
): readonly Answer[] {
  const asked = new Set(requirement.signers.map(({ name }) => name));
  const accepted = item.accepted
    .filter(({ signer }) => asked.has(signer.name))
    .map((candidate): Answer => {
      const fault = contentFault(item, candidate, requirement, image);
      return fault === null
        ? {
            kind: 'counted',
            item,
            accepted: candidate,
            operator: candidate.signer.operator,
            identity: signerIdentity(candidate.verified.signer),
            validUntil: turnOf(item, candidate, requirement),
          }
        : refused(item, candidate.signer.name, fault);
    });
  const successful = new Set(item.accepted.map(({ signer }) => signer.name));
  const rejected = item.rejected
    .filter(({ signer }) => signer === null || (asked.has(signer.name) && !successful.has(signer.name)))
    .map(({ signer, code, reason }) => refused(item, signer?.name ?? null, { code, reason }));
  return [...accepted, ...rejected];
}

/** What is wrong with content whose signature is right. */
function contentFault(
  item: Judged,
  accepted: Accepted,
  requirement: SignatureRequirement | AttestationRequirement,
  image: Asked,
): Fault | null {
  const { object } = item.content;
  const old = requirement.freshness === null ? null : ageFault(item, accepted, requirement.freshness, image.now);
  if (old !== null || item.claim === null) {
    return old;
  }
  if (requirement.kind === 'signature') {
    const named = item.claim.kind === 'signature' ? item.claim.reference : null;
    const fault =
      requirement.signedReference === null ? null : signedReferenceFault(requirement.signedReference, named, image);
    return fault === null
      ? null
      : { code: 'REFERENCE_MISMATCH', reason: `${object}: expected ${fault.expected}, found ${fault.found}` };
  }
  if (item.claim.kind !== 'attestation') {
    return { code: 'PREDICATE_MISMATCH', reason: `${object}: expected an attestation, found a signature` };
  }
  const { predicate } = item.claim;
  if (requirement.provenance !== null) {
    if (predicate.kind !== 'provenance') {
      return { code: 'PREDICATE_MISMATCH', reason: `${object}: expected SLSA provenance, found ${predicate.kind}` };
    }
    const builders = requirement.provenance.builders.filter(({ signers }) =>
      signers.some(({ name }) => name === accepted.signer.name),
    );
    const [fault] = checkProvenance(predicate, { ...requirement.provenance, builders });
    if (fault !== undefined) {
      const { what, expected, found } = fault;
      return { code: 'PROVENANCE_MISMATCH', reason: `${object}: ${what}: expected ${expected}, found ${found}` };
    }
  }
  if (requirement.environments !== null) {
    const environment = predicate.kind === 'policy-verdict' ? predicate.environment : null;
    if (environment === null || !requirement.environments.includes(environment)) {
      const expected = `a verdict for ${requirement.environments.map((name) => quote(name)).join(' or ')}`;
      const found = environment === null ? predicate.kind : quote(environment);
      return { code: 'PREDICATE_MISMATCH', reason: `${object}: expected ${expected}, found ${found}` };
    }
  }
  const fault =
    requirement.summary === null ? null : summaryFault(predicate, requirement.summary, accepted.signer.name, object);
  return fault ?? decisionFault(predicate, object, image.now) ?? image.superseding.withdrawn(item, accepted);
}

/** The instant at which time alone makes it count no longer. */
function turnOf(
  item: Judged,
  accepted: Accepted,
  { freshness }: SignatureRequirement | AttestationRequirement,
): number | null {
  const old = freshness === null ? null : freshnessEnd(item, accepted, freshness);
  const end = item.claim?.kind === 'attestation' ? decisionEnd(item.claim.predicate) : null;
  const turns = [accepted.validUntil, old, end].filter((turn) => turn !== null);
  return turns.length === 0 ? null : Math.min(...turns);
}

function countedAlready({ item, accepted, identity }: Counted): RefusedEvidence {
  const { name, operator } = accepted.signer;
  const reason = `${item.content.object}: expected a signer of its own for operator ${quote(operator)}, found one that counts for another operator: ${quote(identity)}`;
  return refusedEvidence(item, name, { code: 'SIGNER_COUNTED_ALREADY', reason });
}

function refused(item: Judged, signer: string | null, fault: Fault): Answer {
  return { kind: 'refused', refused: refusedEvidence(item, signer, fault) };
}

function refusedEvidence(item: Judged, signer: string | null, { code, reason }: Fault): RefusedEvidence {
  return {
    subject: item.subject.digest,
    attachment: item.attachment.digest,
    blob: item.content.blob,
    signer,
    code,
    reason,
  };
}
