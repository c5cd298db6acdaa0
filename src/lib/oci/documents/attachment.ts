import { parseStrictJson } from '#base/json/strict.ts';
import { type Descriptor, readDescriptor } from './descriptor.ts';
import { type IndexDocument, type ManifestDocument, readDocument } from './manifest.ts';
import { Shape } from './shape.ts';

/** A manifest or index with the members by which it hangs on another (manifest.md and image-index.md, `subject`). */
export interface AttachmentDocument {
  readonly content: IndexDocument | ManifestDocument;
  /** Its own; where it has none, OCI's for its kind. */
  readonly mediaType: string;
  /** Its own, else the media type of its config. */
  readonly artifactType: string | null;
  readonly subject: Descriptor | null;
  readonly annotations: ReadonlyMap<string, string>;
}

/** `mediaType` is what a descriptor says, null for none; see `parseManifest`. */
export function parseAttachment(bytes: Uint8Array, mediaType: string | null, object: string): AttachmentDocument {
  return readAttachment(new Shape(parseStrictJson(bytes, object), object), mediaType);
}

/** The same of a document that was parsed. */
export function readAttachment(shape: Shape, mediaType: string | null): AttachmentDocument {
  const content = readDocument(shape, mediaType);
  const own = shape.optionalString('artifactType') ?? '';
  const config = content.kind === 'manifest' ? content.config.mediaType : null;
  const subject = shape.optionalShape('subject');
  return {
    content,
    mediaType: shape.optionalString('mediaType') ?? mediaType ?? `application/vnd.oci.image.${content.kind}.v1+json`,
    artifactType: own === '' ? config : own,
    subject: subject === null ? null : readDescriptor(subject),
    annotations: shape.stringMap('annotations'),
  };
}
