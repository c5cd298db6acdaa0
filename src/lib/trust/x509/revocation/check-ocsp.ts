import { hash as hashOf } from 'node:crypto';
import { parseDer, TAG } from '../../encoding/der.ts';
import { bitStringOf } from '../../encoding/der-values.ts';
import type { Certificate } from '../certificate.ts';
import { sameName } from '../name.ts';
import { assertValidAt } from '../path.ts';
import { assertLeaf } from '../purposes.ts';
import { schemeOf, verifyIssuedBy, verifyWithScheme } from '../signature.ts';
import { assertCurrent } from './current.ts';
import { malformed } from './malformed.ts';
import type { CertificateId, OcspAnswer, OcspResponse } from './ocsp.ts';

/** The answer about a certificate; undefined where the response has none. */
export function answerAbout(
  response: OcspResponse,
  certificate: Certificate,
  issuer: Certificate,
): OcspAnswer | undefined {
  return response.answers.find((answer) => isAbout(answer.certificate, certificate, issuer));
}

function isAbout(id: CertificateId, certificate: Certificate, issuer: Certificate): boolean {
  return (
    id.serialNumber === certificate.serialNumber &&
    id.issuerName === hashOf(id.hash, certificate.issuer.raw, 'hex') &&
    id.issuerKey === hashOf(id.hash, keyBitsOf(issuer), 'hex')
  );
}

/**
 * That a response is by the issuer or by a responder that the issuer itself certified for this (RFC 6960 section 4.2.2.2),
 * and that an answer in it is of now. Throws `REVOCATION_INVALID`, `CHAIN_INVALID`, `SIGNATURE_INVALID`, ….
 */
export function assertAnswer(response: OcspResponse, answer: OcspAnswer, issuer: Certificate, now: number): void {
  const { object } = response;
  assertCurrent(object, Math.max(answer.thisUpdate, response.producedAt), answer.nextUpdate, now);
  const responder = [issuer, ...response.certificates].find((candidate) => isResponder(response, candidate));
  if (responder === undefined) {
    throw malformed(object, 'a response by the issuer or by whom it entrusts with it', 'one by another');
  }
  if (responder.fingerprint !== issuer.fingerprint) {
    assertDelegated(responder, issuer, now, object);
  }
  const scheme = schemeOf(response.signatureAlgorithm, object);
  verifyWithScheme(scheme, response.signedBytes, response.signature, responder.publicKey, object);
}

function assertDelegated(responder: Certificate, issuer: Certificate, now: number, object: string): void {
  if (!sameName(responder.issuer, issuer.subject)) {
    throw malformed(object, 'a responder with a certificate of the issuer itself', 'one of another');
  }
  assertLeaf(responder, 'ocsp-signing');
  assertValidAt([responder], now);
  verifyIssuedBy(responder, issuer);
}

function isResponder({ responder }: OcspResponse, certificate: Certificate): boolean {
  return responder.kind === 'name'
    ? Buffer.compare(responder.name, certificate.subject.raw) === 0
    : responder.hash === hashOf('sha1', keyBitsOf(certificate), 'hex');
}

/** The bits of the key without the algorithm. */
function keyBitsOf({ spki, object }: Certificate): Uint8Array {
  return bitStringOf(parseDer(spki, object).expect(TAG.sequence, 'a public key').child(1, 'a public key'));
}
