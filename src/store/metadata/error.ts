import { AppError } from '#base/error.ts';

export type MetadataCode =
  /** The database does not answer, or another program holds it for too long. It may answer later. */
  | 'METADATA_UNAVAILABLE'
  /** There is no room for what was to be written. */
  | 'METADATA_FULL'
  /** The file is no database of ours, or its pages are damaged. */
  | 'METADATA_DAMAGED'
  /** A later Plimsoll changed the database in a way that this one cannot work with. */
  | 'METADATA_NEWER'
  /** A later Plimsoll has to change the database first, or nobody made it yet. */
  | 'METADATA_NOT_READY'
  /** The database is set up to lose what it has acknowledged, or to hold other texts than ours. */
  | 'METADATA_UNSUITABLE'
  /** Something was to be written through a store that is open for reading. */
  | 'METADATA_READ_ONLY'
  /** A backup is to be restored where something is already. */
  | 'METADATA_NOT_EMPTY'
  /** A backup holds tables or columns that this version does not know. */
  | 'METADATA_DUMP_INVALID'
  /** A row is not what it has to be: it was changed by something else, or the disk is failing. */
  | 'RECORD_DAMAGED'
  /** A manifest needs a blob that its repository does not hold. */
  | 'BLOB_NOT_IN_REPOSITORY'
  /** A tag, a state or an approval is for a manifest that its repository does not hold. */
  | 'MANIFEST_NOT_IN_REPOSITORY'
  /** A blob is to be mounted that no repository holds any more. */
  | 'BLOB_GONE'
  /** A blob is to be removed that a manifest needs. */
  | 'BLOB_IN_USE';

/** What is wrong with the metadata store, or with what it was asked for. */
export class MetadataError extends AppError<MetadataCode> {}
