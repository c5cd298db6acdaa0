import type { AcceptedSignature, Evidence } from '#model/evidence.ts';
import type { EvidenceFacts, SignatureFact, StatementFact } from '#model/facts.ts';
import type { Report } from '#model/report.ts';
import { instant } from './facts-image.ts';

/** What trusted signers say of the image. What is not accepted is not here, whatever it says. */
export function evidenceFacts({ evidence, trust, declarations = [] }: Report): EvidenceFacts {
  const accepted = evidence.flatMap((item) => item.accepted.map((by) => ({ item, by })));
  const mismatches = new Map(
    declarations.map(({ attachment, blob, mismatches: found }) => [`${attachment} ${blob}`, found]),
  );
  return {
    looked: trust !== undefined && trust.notLookedAt === null,
    complete: trust !== undefined && trust.notLookedAt === null && trust.problems.length === 0,
    verification: trust?.verification?.outcome ?? 'none',
    signatures: accepted.filter(({ item }) => item.kind === 'signature').map(({ item, by }) => signatureFact(item, by)),
    statements: accepted
      .filter(({ item }) => item.kind === 'attestation')
      .map(({ item, by }) => statementFact(item, by, mismatches.get(`${item.attachment} ${item.blob}`) ?? null)),
  };
}

function signatureFact(item: Evidence, by: AcceptedSignature): SignatureFact {
  const times = by.times.flatMap(({ time }) => instant(time) ?? []).toSorted();
  return {
    subject: item.subject,
    format: item.format,
    signer: by.signer,
    operator: by.operator,
    identity: by.identity,
    time: times[0] ?? null,
  };
}

function statementFact(item: Evidence, by: AcceptedSignature, mismatches: number | null): StatementFact {
  const { states } = item;
  return {
    ...signatureFact(item, by),
    predicateType: item.predicateType ?? '',
    blob: item.blob,
    superseded: item.supersededBy !== null,
    builder: states?.builder ?? '',
    buildType: states?.buildType ?? '',
    source: states?.source ?? '',
    level: states?.levels.find(({ signer }) => signer === by.signer)?.level ?? 0,
    result: states?.result ?? '',
    mismatches,
  };
}
