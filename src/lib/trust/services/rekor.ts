import { hexOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { HttpCallAnswer } from '#base/http-call.ts';
import { LIMITS } from '#base/limits.ts';
import { Fields } from '../attestations/fields.ts';
import { toPem } from '../encoding/pem.ts';
import { envelopeText } from '../envelopes/dsse.ts';
import { TrustError } from '../error.ts';
import type { LogRequest, TransparencyLog } from '../sign/witness.ts';
import type { ServiceAccess } from './access.ts';
import { assertAbout, entryJson, readEntry } from './log-entry.ts';
import { callService, membersOf, nameOf, pathOf, refused } from './service.ts';

const ENTRIES = '/api/v1/log/entries';
const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' } as const;

/**
 * A log of Rekor's first generation, by its base URL (sigstore/rekor openapi.yaml). An entry that is there already is as
 * good as a new one. Throws `LOG_ENTRY_REFUSED`, `LOG_BODY_…`, `JSON_…`, `LIMIT_EXCEEDED`, `HttpError`.
 */
export function rekor(url: string, access: ServiceAccess): TransparencyLog {
  const name = nameOf(url);
  const entriesUrl = pathOf(url, ENTRIES);
  return {
    name,
    enter: async (request, signal) => {
      const common = { maxBytes: LIMITS.signingServiceBytes, ...(signal === undefined ? {} : { signal }) };
      const body = Buffer.from(JSON.stringify(proposed(request)));
      let answer = await callService(
        { method: 'POST', url: entriesUrl, headers: JSON_HEADERS, body, ...common },
        access,
      );
      let wanted = 201;
      if (answer.status === 409) {
        const existing = existingEntry(answer, entriesUrl, name);
        answer = await callService({ method: 'GET', url: existing, headers: JSON_HEADERS, ...common }, access);
        wanted = 200;
      }
      if (answer.status !== wanted) {
        throw refused({
          code: 'LOG_ENTRY_REFUSED',
          problem: 'not entered into the log',
          object: name,
          expected: `status ${wanted}`,
          answer,
        });
      }
      const object = `entry of ${name}`;
      const entry = readEntry(protobufJson(membersOf(answer, name, 'LOG_ENTRY_REFUSED'), object), object);
      const { kind, version } = assertAbout(entry, request, object);
      return entryJson({ ...entry, kindVersion: { kind, version } });
    },
  };
}

/** rekor pkg/types/dsse/v0.0.1 and pkg/types/hashedrekord/v0.0.1: what is proposed, with keys and certificates in PEM. */
function proposed(request: LogRequest): object {
  const verifier = base64(
    toPem(request.verifier.kind === 'certificate' ? 'CERTIFICATE' : 'PUBLIC KEY', request.verifier.der),
  );
  if (request.kind === 'hashedrekord') {
    const data = { hash: { algorithm: 'sha256', value: hexOf(request.digest) } };
    const signature = { content: base64(request.signature), publicKey: { content: verifier } };
    return { apiVersion: '0.0.1', kind: 'hashedrekord', spec: { data, signature } };
  }
  const envelope = envelopeText(request.envelope);
  return { apiVersion: '0.0.1', kind: 'dsse', spec: { proposedContent: { envelope, verifiers: [verifier] } } };
}

/** Where the entry is that stands in the way of a second one: below the entries of this log, and nowhere else. */
function existingEntry(answer: HttpCallAnswer, entriesUrl: string, name: string): string {
  const location = answer.headers['location'] ?? '';
  const url = URL.parse(location, entriesUrl);
  const entries = new URL(entriesUrl);
  if (url === null || url.origin !== entries.origin || !url.pathname.startsWith(`${entries.pathname}/`)) {
    throw new TrustError('LOG_ENTRY_REFUSED', 'an entry that is somewhere else', {
      object: name,
      expected: `the location of an entry below ${nameOf(entriesUrl)}`,
      found: location === '' ? 'none' : quote(url === null ? location : nameOf(url.href)),
    });
  }
  return url.href;
}

/** One entry as Rekor 1 answers, under its name, in the form that bundles have it. */
function protobufJson(answer: Fields, object: string): object {
  const [uuid, ...others] = answer.names();
  if (uuid === undefined || others.length > 0) {
    throw answer.invalid('', 'one entry under its name', `${answer.names().length}`);
  }
  const entry = Fields.of(answer.value(uuid), object, 'LOG_ENTRY_REFUSED');
  const body = entry.text('body');
  const verification = entry.fields('verification');
  const promise = verification.optionalText('signedEntryTimestamp');
  const proof = verification.optionalFields('inclusionProof');
  const checkpoint = proof?.optionalText('checkpoint') ?? null;
  return {
    logIndex: natural(entry, 'logIndex'),
    logId: { keyId: fromHex(entry, 'logID') },
    integratedTime: natural(entry, 'integratedTime'),
    inclusionPromise: promise === null ? null : { signedEntryTimestamp: promise },
    inclusionProof:
      proof === null
        ? null
        : {
            logIndex: natural(proof, 'logIndex'),
            rootHash: fromHex(proof, 'rootHash'),
            treeSize: natural(proof, 'treeSize'),
            hashes: proof.optionalTexts('hashes').map((hash, index) => octets(hash, proof, `hashes[${index}]`)),
            checkpoint: checkpoint === null ? null : { envelope: checkpoint },
          },
    canonicalizedBody: body,
  };
}

function natural(fields: Fields, name: string): string {
  const value = fields.value(name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw fields.invalid(name, 'a whole number', typeof value === 'number' ? `${value}` : typeof value);
  }
  return `${value}`;
}

function fromHex(fields: Fields, name: string): string {
  return octets(fields.text(name), fields, name);
}

function octets(text: string, fields: Fields, name: string): string {
  if (!/^([0-9a-f]{2})+$/.test(text)) {
    throw fields.invalid(name, 'lower-case hexadecimal digits', quote(text, 80));
  }
  return Buffer.from(text, 'hex').toString('base64');
}

function base64(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64');
}
