import { TrustError } from '../../error.ts';
import { signerOf as identityOf } from '../../keyless/certificate-identity.ts';
import { verifyKeyless } from '../../keyless/verify-keyless.ts';
import { verifyKeyed } from '../../keys/verify-keyed.ts';
import type { SigstoreSignature } from '../../signed.ts';
import { assertLogBody } from '../../transparency/assert-log-body.ts';
import { type LogVerifier, parseLogBody } from '../../transparency/log-body.ts';
import type { TrustRoot } from '../../trust-root/trust-root.ts';
import { type Certificate, parseCertificate } from '../../x509/certificate.ts';
import { assertValidAt } from '../../x509/path.ts';
import type { Signer } from '../options.ts';
import type { ReadBack } from './stage.ts';
import { assertAboutNow, assertCount, assertTimestamp, assertValidAboutNow, CLOCK_DISTANCE } from './times.ts';

/**
 * That a signature is the key's; that its certificate is this key's, and says whose; that every timestamp and every log
 * entry is about this signature, and from a time at which the certificate counts; and that a verifier with the trust root
 * accepts all of it. Throws what verifying throws.
 */
export function assertSigstore(signature: SigstoreSignature, signer: Signer, readBack: ReadBack): void {
  verifyKeyed(signature, signer.trusted, { ...NO_ROOT, now: readBack.now });
  const leaf = assertCertificate(signature, signer, readBack.now);
  if (readBack.stage === 'bare') {
    return;
  }
  const { now, witnesses, root } = readBack;
  assertCount('timestamps', witnesses.timestamps.length, signature.timestamps.length, signature.object);
  assertCount('log entries', witnesses.logs.length, signature.logEntries.length, signature.object);
  const times = [...timesOfTimestamps(signature, now), ...timesOfLogs(signature, verifierOf(signer, leaf), now)];
  if (leaf !== null) {
    assertTimely(leaf, times);
  }
  if (root !== null) {
    assertUnder(root, signature, signer, now);
  }
}

const NO_ROOT = { root: null, requireLog: false, validFrom: null, validUntil: null } as const;

/** Null for a signature by the key alone. */
function assertCertificate(
  { certificates, object }: SigstoreSignature,
  signer: Signer,
  now: number,
): Certificate | null {
  const [der] = certificates;
  if ((der === undefined) !== (signer.chain.length === 0)) {
    throw new TrustError('CERTIFICATE_MISSING', 'not signed by whom it has to be', {
      object,
      expected: der === undefined ? 'a certificate' : 'a key alone',
      found: der === undefined ? 'a key alone' : 'a certificate',
    });
  }
  if (der === undefined) {
    return null;
  }
  const leaf = parseCertificate(der, `certificate of ${object}`);
  if (!leaf.publicKey.equals(signer.trusted.key)) {
    throw new TrustError('CERTIFICATE_KEY_MISMATCH', 'a certificate of another key', {
      object: leaf.object,
      expected: `the certificate of ${signer.key.name}`,
      found: 'one of another key',
    });
  }
  identityOf(leaf);
  assertValidAboutNow(leaf, now);
  return leaf;
}

function verifierOf({ trusted }: Signer, leaf: Certificate | null): LogVerifier {
  return leaf === null ? { kind: 'key', spki: trusted.spki } : { kind: 'certificate', der: leaf.raw };
}

function timesOfTimestamps({ timestamps, timestamped, object }: SigstoreSignature, now: number): readonly number[] {
  return timestamps.map(
    (token, index) => assertTimestamp(token, timestamped, now, `timestamp ${index + 1} of ${object}`).info.time,
  );
}

/** Of the entries whose log says when. */
function timesOfLogs(signature: SigstoreSignature, verifier: LogVerifier, now: number): readonly number[] {
  return signature.logEntries.flatMap((entry, index) => {
    const object = `log entry ${index + 1} of ${signature.object}`;
    assertLogBody(parseLogBody(entry, object), { ...signature, object, verifier });
    const { integratedTime, inclusionPromise } = entry;
    if (integratedTime === null || inclusionPromise === null) {
      return [];
    }
    assertAboutNow(integratedTime, now, object);
    return [integratedTime];
  });
}

/** What a verifier asks of a certificate that counts for minutes: that somebody says when it was used, and that it counted. */
function assertTimely(leaf: Certificate, times: readonly number[]): void {
  if (times.length === 0) {
    throw new TrustError(
      'TIME_UNVERIFIED',
      'a certificate that counts for minutes, and nobody to say when it was used',
      {
        object: leaf.object,
        expected: 'a timestamp, or an entry of a log that promises a time (Rekor 1)',
        found: 'neither',
      },
    );
  }
  for (const time of times) {
    assertValidAt([leaf], time);
  }
}

function assertUnder(root: TrustRoot, signature: SigstoreSignature, signer: Signer, now: number): void {
  // Witnesses were asked after `now` was.
  const later = now + CLOCK_DISTANCE;
  const { times } =
    signature.certificates.length === 0
      ? verifyKeyed(signature, signer.trusted, {
          ...NO_ROOT,
          root,
          now: later,
          requireLog: signature.logEntries.length > 0,
        })
      : // A root that has logs, of either kind, needs them whatever is said here.
        verifyKeyless(signature, root, { now: later, requireLog: false, requireSct: false });
  const vouched = times.filter(({ source }) => source === 'timestamp-authority').length;
  if (vouched < signature.timestamps.length) {
    throw new TrustError('TIME_UNVERIFIED', 'timestamps, and nobody in the trust root to vouch for them', {
      object: signature.object,
      expected: `${signature.timestamps.length} timestamps of authorities of the trust root`,
      found: `${vouched}`,
    });
  }
}
