import { open } from 'node:fs/promises';
import { gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { AppError } from './error.ts';

/**
 * The only door to input of unknown size. Everything that comes from an image, an archive, a feed or a request is read
 * through these functions; raw `.arrayBuffer()`, `readFile` and one-shot decompression are lint errors elsewhere.
 */
const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Caps on untrusted input, in bytes unless the name says otherwise. `docs/reference/limits.md` lists them. */
export const LIMITS = {
  /** An image manifest or index; the OCI distribution specification asks registries to accept 4 MiB. */
  manifestBytes: 4 * MiB,
  /** A blob as it is uploaded. */
  blobBytes: 64 * GiB,
  /** An image configuration. */
  configBytes: 8 * MiB,
  /** What is read of the body that a registry sends with an error status. */
  registryErrorBytes: 64 * KiB,
  /** The status line and all headers of a registry's answer. */
  registryHeaderBytes: 32 * KiB,
  /** One layer's tar stream after decompression. */
  layerBytes: 64 * GiB,
  /** Bytes out per byte in past which a compressed stream is a bomb, once more than `bombFloorBytes` came out. */
  decompressionRatio: 200,
  /** Output up to which the ratio does not count: small files of one repeated byte are no bombs. */
  bombFloorBytes: 1 * GiB,
  /** Entries in the tar stream of one layer. */
  layerEntries: 4_000_000,
  /** The entries of all layers together, and the files and folders of their squashed view. */
  imageEntries: 5_000_000,
  /** One path inside a layer or archive. */
  pathBytes: 4096,
  /** Folders in one path. */
  pathDepth: 512,
  /** A pax or GNU long-name record inside a tar. */
  tarExtensionBytes: 1 * MiB,
  /** The names of all entries of a layer together. */
  layerPathBytes: 512 * MiB,
  /** What one analyser finds in one layer, as it is held in memory. */
  layerFactBytes: 64 * MiB,
  /** What is found in all layers of an image and the names of their entries, as they are held in memory. */
  imageFactBytes: 512 * MiB,
  /** Packages of advisories that are compared with those of an image: each package with all that are known of its source. */
  comparisons: 1_000_000,
  /** Indexes inside each other. */
  indexDepth: 8,
  /** Manifests that one index lists. */
  indexManifests: 1024,
  /** Manifests that a registry may list as hanging on another, and documents of a layout that are looked through for them. */
  referrers: 4096,
  /** Pages of such a list. */
  referrerPages: 64,
  /** Pages of a list of a repository's tags. */
  tagPages: 1024,
  /** Tags of one repository. */
  tags: 1_000_000,
  /** Manifests that are copied with one image: its platforms, and what hangs on any of them. */
  closureManifests: 4096,
  /** All of these together; they are held in memory. */
  closureBytes: 128 * MiB,
  /** Blobs that these name. */
  closureBlobs: 65_536,
  /** Manifests that hang on each other in a chain: a signature on a bill of materials on an image is two. */
  closureDepth: 8,
  /** Signatures, attestations and other manifests that are read of those that hang on one manifest. */
  attachments: 256,
  /** Parts of signatures and attestations that are read for one manifest: the signatures of an image accumulate in one. */
  attachmentBlobs: 1024,
  /** One part of a signature or attestation; attestations hold whole bills of materials. */
  attachmentBlobBytes: 16 * MiB,
  /** Signatures and attestations of one manifest, as they are read. */
  attachmentsBytes: 64 * MiB,
  /** Signatures and attestations of an image, of all its platforms. */
  imageAttachmentsBytes: 256 * MiB,
  /** Links followed in search of one file. */
  symlinkHops: 40,
  /** Layers in one image. */
  imageLayers: 1024,
  /** Entries in an image archive. */
  archiveEntries: 1_000_000,
  /** What a compressed image archive may unpack to, and what a daemon may export. */
  archiveBytes: 32 * GiB,
  /** A short answer of Docker or podman, and one message of containerd. */
  daemonAnswerBytes: 16 * MiB,
  /** Arrays and objects inside each other in one JSON document. */
  jsonDepth: 512,
  /** One advisory record. */
  advisoryBytes: 16 * MiB,
  /** What one feed's archive may unpack to. */
  feedBytes: 8 * GiB,
  /** One feed's archive as it is fetched. */
  feedArchiveBytes: 2 * GiB,
  /** A feed's list of its records, as it is held in memory. */
  feedListBytes: 128 * MiB,
  /** The OpenPGP keys that sign a feed. */
  feedKeyBytes: MiB,
  /** One document of a publisher's CSAF feed: those of Red Hat name tens of thousands of products. */
  csafDocumentBytes: 64 * MiB,
  /** What an archive of such documents may unpack to. */
  csafArchiveBytes: 64 * GiB,
  /** Records in one feed. */
  feedRecords: 2_000_000,
  /** A package database of the operating system, or the module list inside a binary. */
  packageDatabaseBytes: 64 * MiB,
  /** An RPM database: the headers of all packages with their file lists, and in SQLite's format their indexes as well. */
  rpmDatabaseBytes: 256 * MiB,
  /** What the packages of one database need and provide, all names together. */
  capabilitiesPerFile: 1_000_000,
  /** Pairs of packages of an image of which one may need the other. */
  packageDependencies: 1_000_000,
  /** The file in which a single package describes itself: `package.json`, `METADATA`. */
  packageMetadataBytes: 8 * MiB,
  /** A lock file or a manifest that asks for packages. */
  lockFileBytes: 16 * MiB,
  /** Tables and arrays inside each other in one TOML document. */
  tomlDepth: 128,
  /** Values and tables of one TOML document. */
  tomlValues: 1_000_000,
  /** Maps and lists inside each other in one YAML lock file. */
  yamlDepth: 64,
  /** Keys and elements of one YAML lock file. */
  yamlValues: 2_000_000,
  /** The text of one expression of a policy, in UTF-16 code units. */
  expressionLength: 64 * KiB,
  /** Parts of one expression inside each other. */
  expressionDepth: 250,
  /** Parts of one expression. */
  expressionNodes: 32_768,
  /** Characters of a regular expression in a policy. */
  regularExpressionChars: 4096,
  /** Instructions that it comes to, with counted repetitions written out. */
  regularExpressionSize: 20_000,
  /** Sections, segments and load commands of one executable. */
  executableParts: 65_536,
  /** Entries of one archive in ZIP format. */
  zipEntries: 500_000,
  /** Entries of a file in that format, with those of all archives in it. */
  unpackedEntries: 2_000_000,
  /** Of these, how many are read. */
  entriesRead: 100_000,
  /** What is unpacked of such a file, with all archives in it. */
  unpackedBytes: 1 * GiB,
  /** Of that, what is held in memory at a time. */
  unpackedBytesHeld: 256 * MiB,
  /** Elements of one XML document. */
  xmlElements: 250_000,
  /** Of these inside each other. */
  xmlDepth: 128,
  /** Archives inside each other. */
  archiveDepth: 8,
  /** Packages that one file may list. */
  packagesPerFile: 250_000,
  /** Places in a program that a text is compared with. The largest programs have thousands. */
  placesOfText: 1_000_000,
  /** A software bill of materials: it is held in memory as a whole. */
  sbomBytes: 256 * MiB,
  /** One that is a file in an image, or attested on it. */
  sbomFileBytes: 16 * MiB,
  /** Of these, how many of one image are compared with it. */
  sbomDocuments: 4096,
  /** Differences between these and an image that are findings of their own; the rest is counted. */
  sbomMismatches: 1000,
  /** Components and files that one software bill of materials lists, nested ones among them. */
  sbomComponents: 500_000,
  /** A package version that somebody else wrote. */
  versionChars: 1024,
  /** A package URL that somebody else wrote. */
  purlChars: 8192,
  /** The registries file: what the user says about registries. */
  registriesFileBytes: 256 * KiB,
  /** The summary of a backup; it lists blobs that were damaged. */
  backupSummaryBytes: 16 * MiB,
  /** One row in a backup: the inventory in it is written in Base64. */
  backupRowBytes: 48 * MiB,
  /** The configuration of the server. */
  serverConfigurationBytes: 256 * KiB,
  /** A configuration of where advisories come from. */
  advisoriesConfigurationBytes: 256 * KiB,
  /** Shards in one artifact of advisories. */
  advisoryArtifactShards: 512,
  /** One shard in such an artifact as it is sent, compressed. */
  advisoryLayerBytes: 512 * MiB,
  /** One shard. */
  advisoryShardBytes: 8 * GiB,
  /** All shards of one artifact. */
  advisoryArtifactBytes: 32 * GiB,
  /** A file of policies, or of their cases. */
  policyFileBytes: 1 * MiB,
  /** Rules in one ignore file of another scanner. */
  ignoreRules: 2_000,
  /** Documents in one signed bundle of policies. */
  policyBundleDocuments: 1_000,
  /** All documents of one bundle. */
  policyBundleBytes: 16 * MiB,
  /** A trust configuration, or a trust policy of another tool to import. */
  trustConfigurationBytes: 1 * MiB,
  /** A file that a trust configuration names: keys, certificates, revocation lists, a trust root. */
  trustFileBytes: 16 * MiB,
  /** Files that one trust configuration names. */
  trustFiles: 1024,
  /** A part of the facts of an image, or another thing that a verdict is made of, at rest. */
  policyObjectBytes: 256 * MiB,
  /** Files in a folder of policies. */
  policyFiles: 1024,
  /** All files of such a folder. */
  policyFolderBytes: 16 * MiB,
  /** A file with certificates or a private key that the registries file names. */
  certificateFileBytes: 1 * MiB,
  /** A credential file of docker or podman, or a key file of a cloud. */
  credentialFileBytes: 1 * MiB,
  /** What a credential helper may write. */
  credentialHelperBytes: 64 * KiB,
  /** The answer of a token service. */
  tokenBytes: 64 * KiB,
  /** A file that a cataloger holds in memory, when it does not ask for less. */
  analysedFileBytes: 512 * MiB,
  /** Memory of one process that reads layers, resident and swapped. */
  analysisMemoryBytes: 1 * GiB,
  /** Seconds in which such a process neither takes what waits for it nor says anything. */
  analysisStallSeconds: 30,
  /** The same of one that has a tenth of a processor where others want it, since nobody waits for it. */
  analysisBackgroundStallSeconds: 180,
  /** Seconds of its work on one layer. */
  analysisLayerSeconds: 15 * 60,
  /** Signatures and statements on one manifest that are judged. */
  evidenceContents: 1024,
  /** Signatures, timestamps and log entries of one image that are tried, each for every signer that is asked for: a check takes up to some milliseconds. */
  signatureChecks: 2048,
  /** Subjects of one in-toto statement; as sigstore-go. */
  statementSubjects: 1024,
  /** Digests of one of them; as sigstore-go. */
  subjectDigests: 32,
  /** The URI that says of which type a predicate is. */
  predicateTypeChars: 1024,
  /** An envelope of the Notary Project with its certificates and timestamp. */
  signatureEnvelopeBytes: 1 * MiB,
  /** Certificates that an envelope of the Notary Project brings along, the root included. */
  signatureCertificates: 16,
  /** Signatures of one DSSE envelope. */
  envelopeSignatures: 16,
  /** Certificates, log entries or timestamps that come with one Sigstore signature. */
  verificationMaterial: 32,
  /** A file with a private key. */
  keyFileBytes: 64 * KiB,
  /** The answer of a service that keeps keys. */
  keyServiceBytes: 1 * MiB,
  /** A file with a passphrase. */
  passphraseBytes: 4 * KiB,
  /** The form in which a client asks for a token. */
  apiFormBytes: 64 * KiB,
  /** The body of a request to the API. */
  apiBodyBytes: 1 * MiB,
  /** A report of what runs: 20,000 images with the longest names there are. */
  apiUsesBytes: 10 * MiB,
  /** An answer of the API, as the command line reads it. */
  apiAnswerBytes: 16 * MiB,
  /** The file in which the command line keeps credentials for servers. */
  credentialStoreBytes: 1 * MiB,
  /** Memory for deriving a key from a passphrase by scrypt. */
  keyDerivationBytes: 1 * GiB,
  /** Blocks of scrypt that deriving one may take: some seconds. */
  keyDerivationBlocks: 1 << 24,
  /** Iterations of PBKDF2 that deriving one may take: some seconds. */
  keyDerivationIterations: 10_000_000,
  /** A Sigstore trust root (`trusted_root.json`). */
  trustRootBytes: 4 * MiB,
  /** One entry of the cache on disk; what is larger is not kept. */
  cacheEntryBytes: 512 * MiB,
  /** One X.509 certificate. */
  x509Bytes: 64 * KiB,
  /** The answer of a service that certifies, logs or gives out identity tokens. */
  signingServiceBytes: 1 * MiB,
  /** Certificates that a certificate authority answers with, the leaf included. */
  issuedCertificates: 16,
  /** A Sigstore signing configuration (`signing_config.v0.2.json`). */
  signingConfigBytes: 1 * MiB,
  /** One RFC 3161 timestamp with its certificates. */
  timestampBytes: 1 * MiB,
  /** A certificate revocation list. */
  revocationListBytes: 16 * MiB,
  /** Revoked certificates in one list. */
  revocationListEntries: 500_000,
  /** An OCSP response with its certificates. */
  ocspResponseBytes: 256 * KiB,
} as const;

export type LimitCode =
  /** The input is larger, deeper or more numerous than `docs/reference/limits.md` allows, or a decompression bomb. */
  'LIMIT_EXCEEDED';

export class LimitError extends AppError<LimitCode> {}

export function limitExceeded(object: string, limit: number, unit = 'bytes', found?: number): LimitError {
  return new LimitError('LIMIT_EXCEEDED', 'too large', {
    object,
    expected: `at most ${limit} ${unit}`,
    found: found === undefined ? 'more' : `${found} ${unit}`,
  });
}

/** All bytes of a source in one array; throws `LIMIT_EXCEEDED` as soon as more than `limit` bytes have come. */
export async function readBounded(
  source: AsyncIterable<Uint8Array>,
  limit: number,
  object: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > limit) {
      throw limitExceeded(object, limit);
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}

/** A whole file, at most `limit` bytes of it; a file that grows while it is read does not pass the limit either. */
export async function readFileBounded(path: string, limit: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > limit) {
      throw limitExceeded(path, limit, 'bytes', size);
    }
    return await readBounded(file.createReadStream({ autoClose: false, highWaterMark: MiB }), limit, path);
  } finally {
    await file.close();
  }
}

/** A raw deflate stream that is at hand, in one go; throws zlib's error when it is broken or gives more than `limit` bytes. */
export function inflateRawBounded(bytes: Uint8Array, limit: number): Uint8Array {
  return inflateRawSync(bytes, { maxOutputLength: Math.max(limit, 1) });
}

/** A zlib stream that is at hand, in one go; throws zlib's error when it is broken or gives more than `limit` bytes. */
export function inflateBounded(bytes: Uint8Array, limit: number): Buffer {
  return inflateSync(bytes, { maxOutputLength: Math.max(limit, 1) });
}

/** As `inflateRawBounded`, of data that was deflated with a dictionary. */
export function inflateRawPreset(
  bytes: Uint8Array,
  { dictionary, windowBits }: { readonly dictionary: Uint8Array; readonly windowBits: number },
  limit: number,
): Buffer {
  const chunkSize = 4096;
  return inflateRawSync(bytes, { dictionary, windowBits, chunkSize, maxOutputLength: Math.max(limit, 1) });
}

/** A gzip stream that is at hand, in one go; throws zlib's error when it is broken or gives more than `limit` bytes. */
export function gunzipBounded(bytes: Uint8Array, limit: number): Buffer {
  return gunzipSync(bytes, { maxOutputLength: Math.max(limit, 1) });
}

/** One that is said to give `size` bytes, in one piece: otherwise a large one is held twice at the end. Throws as the other does. */
export function inflateRawSized(bytes: Uint8Array, size: number): Uint8Array {
  return inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1), chunkSize: Math.max(size + 1, 64) });
}

/** A zstd frame that is at hand, in one go; throws zlib's error when it is broken or gives more than `limit` bytes. */
export function unzstdBounded(bytes: Uint8Array, limit: number): Buffer {
  return zstdDecompressSync(bytes, { maxOutputLength: Math.max(limit, 1) });
}

/** Counts what comes out of a decompressor and refuses a bomb: an absolute cap and a ratio against what went in. */
export interface ExpansionGuard {
  consumed(bytes: number): void;
  /** Throws `LIMIT_EXCEEDED` when the output passes the cap or the ratio. */
  produced(bytes: number): void;
}

export function createExpansionGuard(object: string, limit: number = LIMITS.layerBytes): ExpansionGuard {
  let input = 0;
  let output = 0;
  return {
    consumed: (bytes) => {
      input += bytes;
    },
    produced: (bytes) => {
      output += bytes;
      if (output > limit) {
        throw limitExceeded(object, limit, 'bytes after decompression');
      }
      if (output > LIMITS.bombFloorBytes && output > input * LIMITS.decompressionRatio) {
        throw new LimitError('LIMIT_EXCEEDED', 'decompression bomb', {
          object,
          expected: `at most ${LIMITS.decompressionRatio} bytes out per byte in`,
          found: `${output} bytes out of ${input}`,
        });
      }
    },
  };
}
