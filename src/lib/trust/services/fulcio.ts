import { digestOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { HttpCallAnswer } from '#base/http-call.ts';
import { LIMITS } from '#base/limits.ts';
import { parsePemBlocks, toPem } from '../encoding/pem.ts';
import { TrustError } from '../error.ts';
import type { KeylessIdentity } from '../sign/witness.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { verifyIssuedBy } from '../x509/signature.ts';
import type { ServiceAccess } from './access.ts';
import { EphemeralKey } from './ephemeral-key.ts';
import { describeAudiences, type IdentityToken } from './identity-token/identity-token.ts';
import { callService, membersOf, nameOf, pathOf, refused } from './service.ts';

export interface FulcioRequest {
  /** The base URL: `https://fulcio.example`. */
  readonly url: string;
  readonly token: IdentityToken;
  readonly access: ServiceAccess;
}

const SIGNING_CERTIFICATE = '/api/v2/signingCert';

/**
 * A key of this run, and the certificate that Fulcio gives out for whoever the token names (sigstore/fulcio fulcio.proto,
 * CreateSigningCertificate). Close the key when all is signed. Throws `IDENTITY_TOKEN_EXPIRED` before anything is sent,
 * `CERTIFICATE_NOT_ISSUED`, `CERTIFICATE_KEY_MISMATCH`, `CERTIFICATE_INVALID`, `SIGNATURE_INVALID`, `PEM_INVALID`,
 * `JSON_…`, `LIMIT_EXCEEDED`, `HttpError`.
 */
export async function fulcioIdentity({ url, token, access }: FulcioRequest): Promise<KeylessIdentity> {
  token.assertCurrent(access.clock.now());
  const name = nameOf(url);
  const key = new EphemeralKey(`${quote(token.claims.subject)} at ${name}`);
  try {
    return { key, chain: await certify(key, { url, token, access }, name) };
  } catch (error) {
    await key.close();
    throw error;
  }
}

async function certify(
  key: EphemeralKey,
  { url, token, access }: FulcioRequest,
  name: string,
): Promise<KeylessIdentity['chain']> {
  const proof = await key.sign(Buffer.from(token.claims.subject), 'ecdsa-sha256');
  const text = token.reveal();
  const body = {
    credentials: { oidcIdentityToken: text },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: toPem('PUBLIC KEY', key.publicKey) },
      proofOfPossession: Buffer.from(proof).toString('base64'),
    },
  };
  const answer = await callService(
    {
      method: 'POST',
      url: pathOf(url, SIGNING_CERTIFICATE),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      maxBytes: LIMITS.signingServiceBytes,
    },
    access,
  );
  if (answer.status !== 200 && answer.status !== 201) {
    throw refused({
      code: 'CERTIFICATE_NOT_ISSUED',
      problem: 'no certificate',
      object: name,
      expected: 'status 200',
      answer,
      secret: text,
      ...(answer.status >= 400 && answer.status <= 403 ? { hint: hintOf(token) } : {}),
    });
  }
  const chain = chainIn(answer, name);
  const [leaf] = chain;
  if (digestOf(leaf.spki) !== key.fingerprint) {
    throw new TrustError('CERTIFICATE_KEY_MISMATCH', 'the certificate of another key', {
      object: name,
      expected: `a certificate for the key ${key.fingerprint}`,
      found: `one for ${digestOf(leaf.spki)}`,
    });
  }
  for (const [index, issuer] of chain.slice(1).entries()) {
    verifyIssuedBy(chain[index] ?? leaf, issuer);
  }
  const [first, ...others] = chain;
  return [first.raw, ...others.map(({ raw }) => raw)];
}

/** Fulcio does not say what it has against a token. */
function hintOf({ claims }: IdentityToken): string {
  const forWhom = describeAudiences(claims);
  return `The token is by ${quote(claims.issuer, 100)} for ${forWhom}: Fulcio has to know its issuer, and mostly wants it to be for "sigstore".`;
}

/** The chain of PEM texts, one certificate in each, the leaf first. */
function chainIn(answer: HttpCallAnswer, name: string): readonly [Certificate, ...Certificate[]] {
  const members = membersOf(answer, name, 'CERTIFICATE_NOT_ISSUED');
  if (members.optionalFields('signedCertificateDetachedSct') !== null) {
    throw new TrustError('CERTIFICATE_NOT_ISSUED', 'a certificate that cannot be used', {
      object: name,
      expected: 'a certificate with its SCT inside',
      found: 'one with its SCT apart, for which bundles have no place',
    });
  }
  const texts = members.fields('signedCertificateEmbeddedSct').fields('chain').texts('certificates');
  if (texts.length > LIMITS.issuedCertificates) {
    throw members.invalid('chain', `at most ${LIMITS.issuedCertificates} certificates`, `${texts.length}`);
  }
  const [leaf, ...issuers] = texts.map((text, index) => {
    const object = `certificate ${index + 1} of ${name}`;
    const [der, ...others] = parsePemBlocks(text, 'CERTIFICATE', object);
    if (der === undefined || others.length > 0) {
      throw members.invalid(`certificates[${index}]`, 'one certificate', `${others.length + 1}`);
    }
    return parseCertificate(der, object);
  });
  if (leaf === undefined) {
    throw members.invalid('certificates', 'at least one', 'none');
  }
  return [leaf, ...issuers];
}
