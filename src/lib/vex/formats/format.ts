import type { Members } from '#base/json/members.ts';
import type { VexDocument, VexFormatId } from '../document.ts';

/** A format that statements about vulnerabilities are written in. One folder per member, listed in `list.ts`. */
export interface VexFormat {
  /** The folder's name. */
  readonly id: VexFormatId;
  readonly capabilities: VexCapabilities;
  /** Whether a document is of this format, of whatever version and however broken, by its members. */
  claims(members: Members): boolean;
  /** The document, whole. Throws `VEX_INVALID` where what its specification requires is missing or of another type. */
  read(value: unknown, source: VexSource): VexDocument;
}

export interface VexSource {
  /** What messages call it. */
  readonly name: string;
  /** The identifier of a document that has none of its own: the digest of its bytes. */
  readonly id: string;
}

export interface VexCapabilities {
  readonly title: string;
  readonly versions: readonly string[];
  readonly specification: string;
}
