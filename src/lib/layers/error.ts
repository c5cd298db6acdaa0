import { AppError } from '#base/error.ts';

export type LayersCode =
  /** The compressed bytes of a layer or archive are truncated or damaged. */
  | 'LAYER_CORRUPT'
  /** The layer's blob is not there. */
  | 'LAYER_MISSING'
  /** The content is compressed in a way that Plimsoll does not read. */
  | 'COMPRESSION_UNSUPPORTED'
  /** The layer's bytes as stored are not those that the manifest promised. */
  | 'DIGEST_MISMATCH'
  /** The layer's tar is not the one that the image config promised. */
  | 'DIFF_ID_MISMATCH'
  /** The tar inside the layer breaks the format, or ends in the middle of an entry. */
  | 'TAR_MALFORMED';

/** What goes wrong while layers are read; `object` names the layer by its digest. */
export class LayersError extends AppError<LayersCode> {}
