import type { Image } from '#model/image.ts';
import type { FileSet } from '../files/file-set.ts';
import type { OpenedImages, OpenOptions } from '../images/options.ts';
import type { ImageReference } from '../reference.ts';

/** The references that can be opened, by scheme. */
export type OpenableReferences = {
  readonly [R in Exclude<ImageReference, { readonly source: 'registry' }> as R['source']]: R;
};
export type Scheme = keyof OpenableReferences;

/** One kind of place that images are kept in: a member of the family of image sources. */
export interface ImageSource<S extends Scheme> {
  /** The folder name of the member. */
  readonly id: string;
  open(reference: OpenableReferences[S], options: OpenOptions): Promise<OpenedImages>;
}

/** The images of a set of files that stays open with them, and is closed when reading them fails. */
export async function keepOpen(
  files: FileSet,
  read: (files: FileSet) => Promise<readonly Image[]>,
): Promise<OpenedImages> {
  try {
    return { images: await read(files), close: () => files.close() };
  } catch (error) {
    await files.close();
    throw error;
  }
}
