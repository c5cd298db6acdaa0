import { createHash, createPublicKey, sign } from 'node:crypto';
import type { Attachment } from '#model/attachment.ts';
import type { TestKey } from '../fixtures/signing.ts';

/** What a log of version 1 wrote down, and when. */
export interface Logged {
  /** The entry's body, as JSON. */
  readonly body: object;
  /** Seconds since 1970. */
  readonly integratedTime: number;
  readonly logIndex: number;
}

const BUNDLE = 'dev.sigstore.cosign/bundle';
const SIGNATURE = 'dev.cosignproject.cosign/signature';

/** The body of a hashedrekord about a signature, by a key or certificate in PEM. */
export function hashedRekord(signature: string, content: Uint8Array, pem: string): object {
  return {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: createHash('sha256').update(content).digest('hex') } },
      signature: { content: signature, publicKey: { content: Buffer.from(pem).toString('base64') } },
    },
  };
}

/** Cosign's bundle annotation: the entry with the log's promise, a signature over its canonical JSON. */
export function promised(log: TestKey, { body, integratedTime, logIndex }: Logged): Record<string, unknown> {
  const encoded = Buffer.from(JSON.stringify(body)).toString('base64');
  const spki = createPublicKey(log.pem).export({ format: 'der', type: 'spki' });
  const logID = createHash('sha256').update(spki).digest('hex');
  const text = `{"body":"${encoded}","integratedTime":${integratedTime},"logID":"${logID}","logIndex":${logIndex}}`;
  return {
    SignedEntryTimestamp: sign('sha256', Buffer.from(text), log.privateKey).toString('base64'),
    Payload: { body: encoded, integratedTime, logIndex, logID },
  };
}

/** The signature and the content of the only blob of an attachment. */
export function partsOf(attachment: Attachment): { readonly signature: string; readonly content: Uint8Array } {
  const [blob] = attachment.blobs;
  return { signature: blob?.annotations.get(SIGNATURE) ?? '', content: blob?.content ?? new Uint8Array() };
}

/** The attachment with an entry beside its signature. */
export function withEntry(attachment: Attachment, bundle: object): Attachment {
  return withAnnotations(attachment, { [BUNDLE]: JSON.stringify(bundle) });
}

export function withAnnotations(attachment: Attachment, more: Readonly<Record<string, string>>): Attachment {
  return {
    ...attachment,
    blobs: attachment.blobs.map((blob) => ({
      ...blob,
      annotations: new Map([...blob.annotations, ...Object.entries(more)]),
    })),
  };
}
