import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { type DocumentPlace, readSbom } from '#lib/sbom/index.ts';
import type { EmbeddedDocument } from '#model/inventory.ts';
import type { Declaration } from '#model/report.ts';
import type { SbomDocument } from '#model/sbom.ts';
import type { Unknown } from '#model/unknown.ts';
import type { AttestedSbom } from '../evidence.ts';

/** A document that was read, and where it is from. */
export interface DeclaredDocument {
  readonly document: SbomDocument;
  readonly place: DocumentPlace;
  readonly origin: Pick<Declaration, 'from' | 'path' | 'layer' | 'attachment' | 'blob' | 'trusted'>;
}

export interface DeclaredDocuments {
  /** Attested ones first, and of these the trusted ones, so that what strangers say takes no room from them. */
  readonly documents: readonly DeclaredDocument[];
  /** One for each that could not be read. */
  readonly unknowns: readonly Unknown[];
}

/** Reads documents that are attested on an image of this digest and those that are in it. A newer word of the same signer stands for an older one. */
export function readDocuments(
  attested: readonly AttestedSbom[],
  embedded: readonly EmbeddedDocument[],
  image: Digest | null,
): DeclaredDocuments {
  const read = [
    ...attested
      .filter(({ evidence }) => evidence.supersededBy === null)
      .toSorted((a, b) => Number(b.evidence.trusted) - Number(a.evidence.trusted))
      .map((sbom) => readAttested(sbom, image)),
    ...embedded.slice(0, LIMITS.sbomDocuments).map(readEmbedded),
  ];
  return {
    documents: read.filter((one) => 'document' in one),
    unknowns: [...read.filter((one) => 'reason' in one), ...tooMany(embedded)],
  };
}

function tooMany(embedded: readonly EmbeddedDocument[]): readonly Unknown[] {
  const first = embedded[LIMITS.sbomDocuments];
  const expected = `at most ${LIMITS.sbomDocuments} SBOM documents in the image, found ${embedded.length}`;
  return first === undefined
    ? []
    : [
        unread(
          { path: first.path, layer: first.layer },
          `expected ${expected}: this one and those behind it are not read`,
        ),
      ];
}

function readAttested({ evidence, statement }: AttestedSbom, image: Digest | null): DeclaredDocument | Unknown {
  const { attachment, blob, trusted, subject } = evidence;
  const name = `attestation ${blob} on ${subject}`;
  const origin = { from: 'attestation', path: null, layer: null, attachment, blob, trusted } as const;
  const isBuildKit = evidence.format === 'buildkit-attestation';
  const place = isBuildKit ? 'buildkit' : subject === image ? 'manifest' : 'index';
  return attempt(name, null, () => ({ document: readSbom(statement, name), place, origin }));
}

function readEmbedded({ path, layer, text }: EmbeddedDocument): DeclaredDocument | Unknown {
  const origin = { from: 'file', path, layer, attachment: null, blob: null, trusted: false } as const;
  return attempt(path, { path, layer }, () => ({
    document: readSbom(Buffer.from(text), path),
    place: 'file',
    origin,
  }));
}

function attempt(
  name: string,
  file: Pick<Unknown, 'path' | 'layer'> | null,
  read: () => DeclaredDocument,
): DeclaredDocument | Unknown {
  try {
    return read();
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    const said = error.message.includes(name) ? error.message : `${name}: ${error.message}`;
    return unread(file, `an SBOM document that is not compared with the image: ${said}`);
  }
}

function unread(file: Pick<Unknown, 'path' | 'layer'> | null, reason: string): Unknown {
  return { kind: 'unreadable', path: null, layer: null, ...file, analyser: 'declared', reason };
}
