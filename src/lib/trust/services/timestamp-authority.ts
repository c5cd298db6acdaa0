import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { type Der, parseDer, TAG } from '../encoding/der.ts';
import { integerOf, textOf } from '../encoding/der-values.ts';
import { TrustError } from '../error.ts';
import type { TimestampAuthority } from '../sign/witness.ts';
import { parseToken } from '../timestamps/signed-data.ts';
import { parseTokenInfo } from '../timestamps/token-info.ts';
import type { ServiceAccess } from './access.ts';
import { callService, nameOf, refused } from './service.ts';
import { NONCE_OCTETS, type TimestampRequest, timestampRequest } from './timestamp-request.ts';

/**
 * An RFC 3161 authority behind a URL, which is the whole of it: `https://timestamps.example/api/v1/timestamp`. Throws
 * `TIMESTAMP_REFUSED`, `TIMESTAMP_INVALID`, `DER_INVALID`, `LIMIT_EXCEEDED`, `HttpError`.
 */
export function timestampAuthority(url: string, access: ServiceAccess): TimestampAuthority {
  const name = nameOf(url);
  return {
    name,
    timestamp: async (message, hash, signal) => {
      const request = timestampRequest(message, hash, access.random(NONCE_OCTETS));
      const answer = await callService(
        {
          method: 'POST',
          url,
          headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
          body: request.der,
          maxBytes: LIMITS.timestampBytes,
          ...(signal === undefined ? {} : { signal }),
        },
        access,
      );
      const type = answer.headers['content-type'] ?? '';
      // Sigstore's authority answers 201. Some authorities name no type, or that of all binary data.
      const isReply = type === '' || /^application\/(timestamp-reply|octet-stream)/i.test(type);
      if ((answer.status !== 200 && answer.status !== 201) || !isReply) {
        throw refused({
          code: 'TIMESTAMP_REFUSED',
          problem: 'no timestamp',
          object: name,
          expected: 'status 200 with an application/timestamp-reply',
          answer,
        });
      }
      assertAnswers(answer.body, request, name);
      return answer.body;
    },
  };
}

/** What PKIStatus says (RFC 3161 section 2.4.2). */
const STATUS: readonly string[] = [
  'granted',
  'granted with modifications',
  'rejection',
  'waiting',
  'revocation warning',
  'revocation notification',
];

/** That a TimeStampResp grants this request: status, hash, nonce, and certificates to verify it with. */
export function assertAnswers(bytes: Uint8Array, request: TimestampRequest, authority: string): void {
  const object = `timestamp of ${authority}`;
  if (bytes.length > LIMITS.timestampBytes) {
    throw limitExceeded(object, LIMITS.timestampBytes, 'bytes', bytes.length);
  }
  const response = parseDer(bytes, object).expect(TAG.sequence, 'a TimeStampResp');
  const info = response.child(0, 'a PKIStatusInfo').expect(TAG.sequence, 'a PKIStatusInfo');
  const status = integerOf(info.child(0, 'a PKIStatus'));
  if (status !== 0n && status !== 1n) {
    throw unfit(object, 'a granted timestamp', describeStatus(status, info));
  }
  const token = parseToken(bytes, object);
  const found = parseTokenInfo(token.content, object);
  const imprint = hexOf(request.imprint);
  if (found.hash !== request.hash || hexOf(found.imprint) !== imprint) {
    throw unfit(object, `a timestamp over ${request.hash} ${imprint}`, `${found.hash} ${hexOf(found.imprint)}`);
  }
  if (found.nonce !== request.nonce) {
    const nonce = found.nonce === null ? 'none' : found.nonce.toString(16).slice(0, 40);
    throw unfit(object, `the nonce ${request.nonce.toString(16)} of the request`, nonce);
  }
  if (token.certificates.length === 0) {
    throw unfit(object, 'the certificates of its signer, which were asked for', 'none');
  }
}

function describeStatus(status: bigint, info: Der): string {
  const name = STATUS[Number(BigInt.asUintN(8, status))] ?? 'unknown';
  const said = info.children.find(({ tag }) => tag === TAG.sequence)?.children.map(textOf) ?? [];
  return `status ${status.toString(16).slice(0, 20)} (${name})${said.length === 0 ? '' : `: ${quote(said.join(' '))}`}`;
}

function hexOf(octets: Uint8Array): string {
  return Buffer.from(octets.subarray(0, 64)).toString('hex');
}

function unfit(object: string, expected: string, found: string): TrustError {
  return new TrustError('TIMESTAMP_REFUSED', 'not the timestamp that was asked for', { object, expected, found });
}
