import type { Image } from '#model/image.ts';
import type { OpenedImages, OpenOptions } from '../images/options.ts';
import type { ImageReference } from '../reference.ts';

/** All but documents about images, which hold none. */
export type Scheme = Exclude<ImageReference['source'], 'sbom'>;

/** The reference of a scheme. */
export type ReferenceOf<S extends Scheme> = Extract<ImageReference, { readonly source: S }>;

/** One kind of place that images are kept in: a member of the family of image sources. */
export interface ImageSource<S extends Scheme> {
  /** The folder name of the member. */
  readonly id: string;
  open(reference: ReferenceOf<S>, options: OpenOptions): Promise<OpenedImages>;
}

/** The images of a set of files or another source that stays open with them, and is closed when reading them fails. */
export async function keepOpen<Source extends { close(): Promise<void> }>(
  source: Source,
  read: (source: Source) => Promise<readonly Image[]>,
): Promise<OpenedImages> {
  try {
    return { images: await read(source), close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}
