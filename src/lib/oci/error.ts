import { AppError } from '#base/error.ts';

export class OciError extends AppError<OciCode> {}

export type OciCode =
  /** The text is not an image reference of any form that Plimsoll knows. */
  | 'REFERENCE_INVALID'
  /** The reference names a document about an image, where the image itself is needed. */
  | 'SOURCE_UNSUPPORTED'
  /** The file or folder that the reference names is not there. */
  | 'SOURCE_NOT_FOUND'
  /** The file or folder is there but may not be opened: no permission, a device, a pipe, a link that leaves the folder. */
  | 'SOURCE_UNREADABLE'
  /** The image archive is not a tar that can be read as one: truncated, damaged, a member twice, links in a loop. */
  | 'ARCHIVE_INVALID'
  /** There is something, but no container image: another kind of artifact, or no image documents at all. */
  | 'NOT_AN_IMAGE'
  /** No image in the source has the tag or digest that the reference asks for. */
  | 'IMAGE_NOT_FOUND'
  /** Several images fit, and the reference does not say which. */
  | 'IMAGE_AMBIGUOUS'
  /** The text is not a platform OS/ARCH[/VARIANT]. */
  | 'PLATFORM_INVALID'
  /** None of the platforms present is the one asked for. */
  | 'PLATFORM_NOT_FOUND'
  /** An image index contains itself. */
  | 'INDEX_CYCLE'
  /** An index, manifest, config or manifest.json has not the members that its specification asks for. */
  | 'MANIFEST_INVALID'
  /** A manifest of a form that is no longer in use: Docker schema 1. */
  | 'MANIFEST_UNSUPPORTED'
  /** A layer that cannot be read as it is: encrypted. */
  | 'LAYER_UNSUPPORTED'
  /** A blob that a manifest or index names is not in the source. */
  | 'BLOB_MISSING'
  /** The bytes of a blob have another digest than the one it is named by. */
  | 'BLOB_DIGEST_MISMATCH'
  /** A blob is longer or shorter than its descriptor says. */
  | 'BLOB_SIZE_MISMATCH'
  /** The config promises another number of layers than the manifest lists. */
  | 'LAYER_COUNT_MISMATCH'
  /** Signatures and attestations cannot be found in a source of this kind: it does not keep what was signed. */
  | 'EVIDENCE_UNSUPPORTED'
  /** More manifests are said to hang on an image than are read. */
  | 'REFERRERS_TOO_MANY'
  /** A signature or attestation has more parts than are read. */
  | 'ATTACHMENT_TOO_LARGE'
  /** A manifest that is said to hang on an image says itself that it hangs on another, or on none. */
  | 'REFERRER_SUBJECT_MISMATCH'
  /** A reference to one artifact leads to an index, or to something that hangs on something else. */
  | 'NOT_AN_ARTIFACT'
  /** An artifact cannot be put in a place of this kind. */
  | 'ARTIFACT_UNSUPPORTED'
  /** Nothing can be attached to an image of this source: an archive, or a daemon that keeps nothing beside images. */
  | 'ATTACH_UNSUPPORTED'
  /** The registry does not let these credentials, or nobody without any, write to the repository. */
  | 'ATTACH_DENIED'
  /** The registry or the folder does not take what is to be attached: read-only, too large, a tag that may not change. */
  | 'ATTACH_REFUSED'
  /** Attaching ended on the way; the error says what is there and what is not. */
  | 'ATTACH_FAILED'
  /** Others keep changing the list of what hangs on the image, so that it could not be completed. */
  | 'ATTACH_UNSETTLED'
  /** Something that belongs to an image could not be read or is not there, so that a copy would not be whole. */
  | 'CLOSURE_INCOMPLETE'
  /** Another program is changing the layout, or one that did has not ended properly. */
  | 'LAYOUT_LOCKED';
