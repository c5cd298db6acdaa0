import type { Digest } from '#base/digest.ts';
import type { Build } from './build.ts';
import type { Confidence, OsRelease, PackageHash, PackageLocation, PackageSource } from './package.ts';
import type { Unknown } from './unknown.ts';

/**
 * A software bill of materials that somebody wrote, in whichever format. Everything in it is the author's word: nothing
 * was compared with an image, and no signature was verified.
 */
export interface SbomDocument {
  readonly format: SbomFormatId;
  /** Of the format's specification, as the document says it: `1.6`, `SPDX-2.3` is `2.3`. */
  readonly version: string;
  /** What it was taken out of; a signature of an envelope was not looked at. */
  readonly wrapping: 'none' | 'in-toto-statement' | 'dsse-envelope';
  readonly name: string | null;
  /** The serial number or namespace: a URI. */
  readonly id: string | null;
  /** Which of the documents with this id it is, a number; absent where its format does not number them. */
  readonly revision?: number;
  /** When it says it was made, as written. */
  readonly created: string | null;
  /** Programs and people that say they made it. */
  readonly tools: readonly string[];
  /** Digests of what an in-toto statement around it says it is about. */
  readonly statedSubjects: readonly Digest[];
  readonly subject: SbomSubject | null;
  readonly os: OsRelease | null;
  readonly components: readonly SbomComponent[];
  readonly files: readonly SbomFile[];
  readonly dependencies: readonly SbomDependency[];
  /** The types of packages that were looked for, where Plimsoll wrote it: of these all are listed. */
  readonly packageTypes?: readonly string[];
  /** What build systems left in the layers, where Plimsoll wrote it. */
  readonly builds?: readonly Build[];
  /** What the document says is not known, and what is in it that says too little. */
  readonly unknowns: readonly Unknown[];
}

export type SbomFormatId = 'cyclonedx' | 'spdx' | 'syft';

/** What a document is about, if that is an image. */
export interface SbomSubject {
  readonly name: string;
  /** Of the manifest. */
  readonly digest: Digest | null;
  /** Of the config. */
  readonly id: Digest | null;
  readonly platform: string | null;
  /** DiffIDs, lowest first; null where the document does not say one. */
  readonly layers: readonly (Digest | null)[];
}

/** Something that a document lists, but for the image itself, its operating system and its files. */
export interface SbomComponent {
  /** Where it stands: `components[3]`. */
  readonly at: string;
  /** What others in the document call it; null when it has no such name. */
  readonly ref: string | null;
  /** `library`, `application` and so on, in the words of the format; null when it says nothing. */
  readonly kind: string | null;
  /** With its group or namespace where the format keeps that apart: `@babel/core`. */
  readonly name: string;
  /** Empty when there is none. */
  readonly version: string;
  readonly purl: string | null;
  readonly hashes: readonly SbomHash[];
  /** SPDX expressions or other texts, as written. */
  readonly licenses: readonly string[];
  readonly source?: PackageSource;
  readonly architecture?: string;
  readonly vendor?: string;
  readonly module?: string;
  readonly thirdParty?: string;
  /** Purls of the packages that it needs, where Plimsoll wrote them. */
  readonly dependsOn?: readonly string[];
  /** As Plimsoll wrote it; absent for what is installed, and where nobody says. */
  readonly confidence?: Confidence;
  readonly cpe?: string;
  /** As in `Package`; only documents of our own have them. */
  readonly released?: string;
  readonly origin?: string;
  /** The diffID of the layer that brought it in. */
  readonly layer: Digest | null;
  readonly locations: readonly PackageLocation[];
  /** What found it, in documents that Plimsoll wrote: then name and version are as Plimsoll writes them. */
  readonly cataloger: string | null;
}

export interface SbomFile {
  readonly path: string;
  readonly hashes: readonly SbomHash[];
  readonly layer: Digest | null;
}

export type SbomHash = PackageHash;

/** One component needs others; all by `ref`. */
export interface SbomDependency {
  readonly ref: string;
  readonly needs: readonly string[];
}
