import { AppError } from '#base/error.ts';

export type AdvisoryCode =
  /** A feed's archive is not a zip file, is cut off, or its entries overlap. */
  | 'ADVISORY_ARCHIVE_INVALID'
  /** A document of a feed is cut off, malformed as a whole, or not what the feed promises of it (size, checksum, signature). */
  | 'ADVISORY_FEED_INVALID'
  /** A signature beside a document is missing, damaged, of other bytes or by no key that is configured, or a file of such keys has none that may sign. */
  | 'ADVISORY_SIGNATURE_INVALID'
  /** A file of `kind: Advisories` has not the form that its schema prescribes, or a source in it would never be asked. */
  | 'ADVISORIES_CONFIGURATION_INVALID'
  /** The name of an ecosystem holds something else than letters, digits, spaces, dots and dashes, or a release something else than these, colons and underscores. */
  | 'ADVISORY_ECOSYSTEM_INVALID'
  /** The folder that advisories are to come from is not there. */
  | 'ADVISORY_SOURCE_NOT_FOUND'
  /** A setting names a kind of feed that this version does not know. */
  | 'ADVISORY_PROVIDER_UNKNOWN';

export class AdvisoryError extends AppError<AdvisoryCode> {}
