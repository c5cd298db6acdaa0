import type { Attachment } from '#model/attachment.ts';
import { isStatementPayloadType, parseStatement } from '../attestations/statement.ts';
import type { EvidenceFormatId } from '../signed.ts';
import type { FormatContents } from './format.ts';
import { readParts } from './parts.ts';

const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';

/** Whether the layers are statements as they stand. With an envelope among them the manifest is one of signed attestations. */
export function holdsBareStatements(attachment: Attachment): boolean {
  return (
    attachment.blobs.some((blob) => isStatementPayloadType(blob.mediaType)) &&
    !attachment.blobs.some((blob) => blob.mediaType === ENVELOPE)
  );
}

/** The statements in the layers, each without a signature. Annotations that repeat the predicate type are not looked at. */
export function readBareStatements(attachment: Attachment, format: EvidenceFormatId): FormatContents {
  return readParts(attachment, isStatementPayloadType, ({ blob, bytes, object }) => {
    parseStatement(bytes, object);
    return {
      format,
      attachment: attachment.digest,
      blob: blob.digest,
      object,
      content: { kind: 'statement', bytes },
      signatures: [],
    };
  });
}
