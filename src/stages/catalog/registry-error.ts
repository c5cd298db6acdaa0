import type { Digest } from '#base/digest.ts';
import { AppError, type ErrorDetail } from '#base/error.ts';

export type RegistryErrorCode =
  /** There is no such repository, or none that whoever asks may read: not said which. */
  | 'REPOSITORY_HIDDEN'
  /** There is no such repository, and whoever asks could read it. */
  | 'REPOSITORY_ABSENT'
  /** Whoever asks may read the repository, and not do this to it. */
  | 'ACTION_DENIED'
  /** Whoever asks may do this, and the token was not made for it. */
  | 'TOKEN_TOO_NARROW'
  /** The state of an image does not let whoever asks read it. */
  | 'IMAGE_WITHHELD'
  /** The repository has no manifest with this tag or digest. */
  | 'MANIFEST_ABSENT'
  /** The repository does not hold this blob, or not for whoever asks. */
  | 'BLOB_ABSENT'
  /** No upload has this id, or it is another's, or of another repository. */
  | 'UPLOAD_ABSENT'
  /** A chunk does not begin where the upload ends. */
  | 'UPLOAD_OUT_OF_ORDER'
  /** A chunk is longer or shorter than its length says. */
  | 'UPLOAD_LENGTH_DIFFERS'
  /** A manifest was pushed under a digest that is not its own. */
  | 'PUSH_DIGEST_DIFFERS'
  /** A manifest was pushed before the blobs that it names. */
  | 'PUSH_BLOBS_ABSENT'
  /** A manifest says another size of a blob than it has. */
  | 'PUSH_SIZE_DIFFERS'
  /** A blob is to be deleted that a manifest needs. */
  | 'BLOB_NEEDED'
  /** A rule of the repository keeps a tag as it is. */
  | 'TAG_IMMUTABLE';

/** What an answer needs besides the text. */
interface RegistryErrorDetail extends ErrorDetail {
  /** Bytes that an upload holds. */
  readonly offset?: number;
  readonly image?: ImageName;
  readonly mayReplace?: boolean;
  readonly isUndecided?: boolean;
}

export interface ImageName {
  readonly repository: string;
  readonly digest: Digest;
}

/** Why the registry does not do what it was asked for. */
export class RegistryError extends AppError<RegistryErrorCode> {
  /** Where an upload ends, for a chunk that does not begin there. */
  readonly offset: number | null;
  /** What is withheld. */
  readonly image: ImageName | null;
  /** Whoever asks may push another one in its place, and clients take any other answer than "not there" for the end of a push. */
  readonly mayReplace: boolean;
  /** It is in quarantine: nobody decided yet. */
  readonly isUndecided: boolean;

  constructor(code: RegistryErrorCode, problem: string, detail: RegistryErrorDetail = {}) {
    super(code, problem, detail);
    this.offset = detail.offset ?? null;
    this.image = detail.image ?? null;
    this.mayReplace = detail.mayReplace ?? false;
    this.isUndecided = detail.isUndecided ?? false;
  }
}

/** `message` is a sentence part that may stand in a header. */
export function withheld(
  message: string,
  image: ImageName,
  more: { readonly mayReplace?: boolean; readonly isUndecided?: boolean } = {},
): RegistryError {
  const object = `${image.repository}@${image.digest}`;
  return new RegistryError('IMAGE_WITHHELD', message, { object, image, ...more });
}
