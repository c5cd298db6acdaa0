import type { TrustDocument } from '../schema.ts';

/** A way to take over the trust policy of another tool: a member of the family of importers. */
export interface TrustImporter {
  /** The folder name of the member. */
  readonly id: string;
  readonly capabilities: TrustImporterCapabilities;
  /**
   * The policy as a trust configuration that accepts nothing that the policy refuses. What has no counterpart is left
   * out or refuses, and is named either way. Throws `TRUST_IMPORT_INVALID` for a policy that its own tool would refuse.
   */
  read(source: ImportSource): ImportedTrust | Promise<ImportedTrust>;
}

export interface ImportSource {
  readonly text: string;
  /** Names the policy in messages; the configuration is meant to be kept in its folder, since it names files from there. */
  readonly file: string;
  /** What is in a folder below the policy's own; null where there is none. */
  listFolder(path: string): Promise<readonly FolderEntry[] | null>;
}

export interface FolderEntry {
  readonly name: string;
  /** A link is `other`, wherever it leads. */
  readonly kind: 'file' | 'folder' | 'other';
}

export interface ImportedTrust {
  /** Prints as YAML that `loadTrustConfiguration` reads, once the files that it names are there. */
  readonly document: TrustDocument;
  readonly notCarriedOver: readonly NotCarriedOver[];
}

/** A part of the policy that the configuration does not have, or has differently. */
export interface NotCarriedOver {
  readonly what: string;
  /** The place in the policy. */
  readonly where: string;
  /** What happens instead, and what the user can do. */
  readonly why: string;
}

/** From which `docs/reference/trust-importers.md` is generated. */
export interface TrustImporterCapabilities {
  readonly title: string;
  /** The name that such files usually have. */
  readonly file: string;
  readonly specification: string;
}
