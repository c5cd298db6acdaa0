/** What one document says of the exploitability of vulnerabilities in products, whatever format it is written in. */
export interface VexDocument {
  /** What it is called in messages: its file, or the attestation that holds it. */
  readonly name: string;
  readonly format: VexFormatId;
  /** Its identifier; of a document without one, a name for its content. */
  readonly id: string;
  /** As the document says: nobody has verified it. */
  readonly author: string;
  /** Milliseconds since 1970; null where only its statements have one. */
  readonly timestamp: number | null;
  /** Of this document, as written; null where it has none. */
  readonly version: string | null;
  readonly statements: readonly VexStatement[];
}

export const VEX_FORMATS = ['csaf', 'cyclonedx', 'openvex'] as const;
export type VexFormatId = (typeof VEX_FORMATS)[number];

export type VexStatus = 'not_affected' | 'affected' | 'fixed' | 'under_investigation';

/** One status of one vulnerability, for any of its products. */
export interface VexStatement {
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  /** Empty: nothing is named, and of a statement in an attestation its subject is meant. */
  readonly products: readonly VexProduct[];
  readonly status: VexStatus;
  /** One of OpenVEX's words where the format has one of the same meaning, else the word of its own. */
  readonly justification: string | null;
  readonly impactStatement: string | null;
  readonly actionStatement: string | null;
  /** Milliseconds since 1970: its own, else its document's. */
  readonly timestamp: number | null;
}

/** What a statement is about. With `subcomponents`, only these parts of it (one of them is enough). */
export interface VexProduct extends VexComponent {
  readonly subcomponents: readonly VexComponent[];
}

/** A package, a file or an image by its names. */
export interface VexComponent {
  /** Any one of them names it: package URLs, CPEs, digests, references of images; other texts name nothing here. */
  readonly ids: readonly string[];
  /** Of its content, lower case digits by algorithm as OpenVEX writes it (`sha-256`): one of them has to be right. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Of which of its versions; null for those that `ids` say. Where both say something, both have to hold. */
  readonly versions: VexVersions | null;
}

/** `range` is a `vers:` text (purl's version range specifier), of which nobody has checked that it is one. */
export type VexVersions =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'range'; readonly range: string };
