import type { Attachment } from '#model/attachment.ts';
import type { EvidenceFormatId, SignedContent } from '../signed.ts';

/** One way to keep signatures or attestations beside an image: a member of the family of evidence formats. */
export interface EvidenceFormat {
  /** The folder name of the member. */
  readonly id: EvidenceFormatId;
  readonly capabilities: EvidenceFormatCapabilities;
  /** Whether the attachment is of this format, by its media types alone: cheap, and not yet a judgement. */
  recognises(attachment: Attachment): boolean;
  /**
   * What the attachment holds. A part that cannot be read is a failure of its own and does not hide the others.
   * Pure: no clock, no network.
   */
  read(attachment: Attachment): FormatContents;
}

export interface FormatContents {
  readonly contents: readonly SignedContent[];
  readonly failures: readonly FormatFailure[];
}

export interface FormatFailure {
  readonly object: string;
  /** The code of the error: `ENVELOPE_INVALID`. */
  readonly code: string;
  readonly reason: string;
}

/** From which `docs/reference/evidence-formats.md` is generated. */
export interface EvidenceFormatCapabilities {
  readonly title: string;
  readonly signed: boolean;
  readonly kinds: readonly ('signature' | 'attestation')[];
  /** How it is found: tags, referrers, index entries. */
  readonly found: string;
  /** Whose specification, with its section. */
  readonly specification: string;
}
