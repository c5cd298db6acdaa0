import { quote } from '#base/error.ts';
import type { AcceptedSignature, Evidence, EvidenceIdentity } from '#model/evidence.ts';
import type { Predicate } from '../attestations/predicates/predicate.ts';
import type { AttestationRequirement, SignatureRequirement } from '../configuration/index.ts';
import type { Signer } from '../signed.ts';
import { claimedSigner } from './claimed.ts';
import type { Accepted, Judged } from './judged.ts';
import type { Superseding } from './superseding.ts';

/** What is asked, in words. */
export function describeRequirement(requirement: SignatureRequirement | AttestationRequirement): string {
  const names = requirement.signers.map(({ name }) => name).join(', ');
  const { threshold } = requirement;
  const by = requirement.signers.length === 1 && threshold === 1 ? names : `${threshold} of ${names}`;
  return requirement.kind === 'signature'
    ? `signature by ${by}`
    : `attestation ${requirement.predicateType.text} by ${by}`;
}

export function describeEvidence(judged: Judged, superseding: Superseding): Evidence {
  const { claim, content, attachment } = judged;
  return {
    subject: judged.subject.digest,
    kind: claim?.kind ?? (content.content.kind === 'statement' ? 'attestation' : 'signature'),
    format: content.format,
    route: attachment.route,
    attachment: attachment.digest,
    blob: content.blob,
    predicateType: claim?.predicateType ?? null,
    says: claim?.kind === 'attestation' ? sayings(claim.predicate) : [],
    trusted: judged.accepted.length > 0,
    signed: content.signatures.length > 0,
    claims: judged.accepted.length > 0 ? [] : content.signatures.map(claimedSigner),
    accepted: judged.accepted.map(describeAccepted),
    rejected: judged.rejected.map(({ signer, code, reason }) => ({ signer: signer?.name ?? null, code, reason })),
    supersededBy: superseding.supersededBy(judged),
  };
}

function describeAccepted({ signer, verified, notes }: Accepted): AcceptedSignature {
  return {
    signer: signer.name,
    operator: signer.operator,
    identity: identityOf(verified.signer),
    times: verified.times.map(({ source, time, authority }) => ({
      source,
      time: new Date(time).toISOString(),
      authority,
    })),
    logs: verified.logs.map(({ log, index }) => ({ log, index: String(index) })),
    notes,
  };
}

function identityOf(signer: Signer): EvidenceIdentity {
  switch (signer.kind) {
    case 'key':
      return { kind: 'key', name: signer.fingerprint, issuer: null };
    case 'keyless':
    case 'x509':
      return { kind: signer.kind, name: signer.subject, issuer: signer.issuer };
  }
}

type Saying = readonly [label: string, value: string | null];

/** The few facts of a predicate that a reader wants to see; a signer's words, quoted where they could deceive a screen. */
function sayings(predicate: Predicate): Evidence['says'] {
  return factsOf(predicate).flatMap(([label, value]) => (value === null ? [] : [{ label, value: shown(value) }]));
}

function factsOf(predicate: Predicate): readonly Saying[] {
  switch (predicate.kind) {
    case 'provenance':
      return [
        ['builder', predicate.builderId],
        ['build type', predicate.buildType],
        ['source', predicate.configSource?.uri ?? predicate.resolvedDependencies[0]?.uri ?? null],
        ['finished', timeText(predicate.finishedOn)],
      ];
    case 'verification-summary':
      return [
        ['verifier', predicate.verifierId],
        ['result', predicate.result],
        ['levels', predicate.verifiedLevels.join(', ')],
        ['verified', timeText(predicate.timeVerified)],
      ];
    case 'sbom':
      return [
        ['format', `${predicate.format} ${predicate.specVersion}`],
        ['components', String(predicate.components)],
        ['created', timeText(predicate.created)],
      ];
    case 'vex':
      return [
        ['author', predicate.author],
        ['statements', String(predicate.statements.length)],
        ['made', timeText(predicate.timestamp)],
      ];
    case 'vulnerabilities':
      return [
        ['scanner', predicate.scanner.uri],
        ['found', predicate.vulnerabilities === null ? 'in its own words' : String(predicate.vulnerabilities.length)],
        ['finished', timeText(predicate.finishedOn)],
      ];
    case 'test-result':
      return [
        ['result', predicate.result],
        ['failed', String(predicate.failedTests.length)],
        ['passed', String(predicate.passedTests.length)],
      ];
    case 'sarif':
      return predicate.runs.map(({ tool, results }) => [
        tool,
        results === null ? 'no results' : `${results.error} errors, ${results.warning} warnings`,
      ]);
    case 'dast':
      return [
        ['tool', predicate.tool],
        [
          'alerts',
          Object.entries(predicate.alerts)
            .map(([risk, count]) => `${count} ${risk}`)
            .join(', '),
        ],
        ['made', timeText(predicate.generatedOn)],
      ];
    case 'verdict':
      return [
        ['decision', predicate.decision],
        ['because', predicate.reasons.join('; ')],
        ['excepted', predicate.excepted === 0 ? null : String(predicate.excepted)],
        ['not known', predicate.unknowns === 0 ? null : String(predicate.unknowns)],
        ['decided', timeText(predicate.decidedAt)],
        ['until', timeText(predicate.validUntil)],
      ];
    case 'policy-verdict':
      return [
        ['environment', predicate.environment],
        ['decision', predicate.decision],
        ['because', predicate.reasons.join('; ')],
        ['score', String(predicate.score)],
        ['exceptions', predicate.exceptions.map(({ name }) => name).join(', ')],
        ['policies', predicate.revision],
        ['decided', timeText(predicate.decidedAt)],
        ['until', timeText(predicate.validUntil)],
      ];
    case 'signature':
    case 'other':
      return [];
  }
}

function timeText(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function shown(text: string): string {
  const quoted = quote(text);
  return quoted === `"${text}"` ? text : quoted;
}
