import type { KeylessSigner, KeySigner, TrustedSigner, X509Signer } from '../configuration/index.ts';
import { TrustError } from '../error.ts';
import { matchIdentity } from '../keyless/identity.ts';
import { verifyKeyless } from '../keyless/verify-keyless.ts';
import { verifyKeyed } from '../keys/verify-keyed.ts';
import type { NotaryAction, NotaryCheckName, NotaryOutcome } from '../notary/outcome.ts';
import { verifyNotary } from '../notary/verify.ts';
import type { NotarySignature, SignatureBlock, SigstoreSignature } from '../signed.ts';
import type { Accepted, Fault } from './judged.ts';

type Judgement = Omit<Accepted, 'signer'>;

/** One signature for one signer: what counts, or why it does not. Throws `TrustError` with what is wrong as well. */
export function verifyFor(signer: TrustedSigner, signature: SignatureBlock, now: number): Judgement | Fault {
  switch (signer.kind) {
    case 'key':
      return verifyByKey(signer, sigstoreOf(signature, 'a signature by a key'), now);
    case 'keyless':
      return verifyByIdentity(signer, sigstoreOf(signature, 'a keyless signature'), now);
    case 'x509':
      return verifyByCertificate(signer, notaryOf(signature), now);
  }
}

function verifyByKey(signer: KeySigner, signature: SigstoreSignature, now: number): Judgement {
  const ends = [signer.validUntil, signer.revokedAt].filter((end) => end !== null);
  const verified = verifyKeyed(signature, signer.key, {
    root: signer.root?.root ?? null,
    requireLog: signer.transparency === 'required',
    validFrom: signer.validFrom,
    validUntil: ends.length === 0 ? null : Math.min(...ends),
    now,
  });
  // The bounds are held against verified times, which do not move.
  return { verified, notes: [], validUntil: null };
}

function verifyByIdentity(signer: KeylessSigner, signature: SigstoreSignature, now: number): Judgement {
  const required = signer.transparency === 'required';
  const verified = verifyKeyless(signature, signer.root.root, { now, requireLog: required, requireSct: required });
  if (verified.signer.kind !== 'keyless') {
    throw wrongKind(signature.object, 'a keyless signature', 'another');
  }
  const mismatches = matchIdentity(verified.signer, signer.identity);
  if (mismatches.length > 0) {
    throw new TrustError('IDENTITY_MISMATCH', 'signed by somebody else', {
      object: signature.object,
      expected: mismatches.map(({ name, expected }) => `${name} ${expected}`).join(', '),
      found: mismatches.map(({ name, found }) => `${name} ${found}`).join(', '),
    });
  }
  return { verified, notes: [], validUntil: null };
}

function verifyByCertificate(signer: X509Signer, signature: NotarySignature, now: number): Judgement | Fault {
  const outcome = verifyNotary(signature, signer.stores, {
    now,
    rules: signer.rules,
    identities: signer.identities,
    crls: signer.crls,
    ocspResponses: signer.ocspResponses,
  });
  const failed = failuresOf(outcome);
  if (!outcome.accepted || outcome.verified === null) {
    const nobody = { code: 'SIGNER_UNTRUSTED', reason: `${signature.object}: nobody is known to have signed` };
    return failed.find(({ action }) => action === 'enforce') ?? failed[0] ?? nobody;
  }
  return {
    verified: outcome.verified,
    notes: failed.map(({ check, reason }) => `${check}: ${reason}`),
    validUntil: outcome.validUntil,
  };
}

interface FailedCheck extends Fault {
  readonly check: NotaryCheckName;
  readonly action: NotaryAction;
}

function failuresOf({ checks }: NotaryOutcome): readonly FailedCheck[] {
  return checks.flatMap(({ check, action, outcome }): readonly FailedCheck[] =>
    outcome.kind === 'failed' ? [{ check, action, code: outcome.code, reason: outcome.reason }] : [],
  );
}

function sigstoreOf(signature: SignatureBlock, expected: string): SigstoreSignature {
  if (signature.kind !== 'sigstore') {
    throw wrongKind(signature.object, expected, 'one of the Notary Project');
  }
  return signature;
}

function notaryOf(signature: SignatureBlock): NotarySignature {
  if (signature.kind !== 'notary') {
    throw wrongKind(signature.object, 'a signature of the Notary Project', 'one of the Sigstore family');
  }
  return signature;
}

function wrongKind(object: string, expected: string, found: string): TrustError {
  return new TrustError('SIGNER_KIND_MISMATCH', 'a signature of another kind', { object, expected, found });
}
