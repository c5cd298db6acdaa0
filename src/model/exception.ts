/** A finding that does not count, and who says why. It stays among the findings. */
export interface Exception {
  /** The `id` of the finding. */
  readonly finding: string;
  /** The purl of its package. */
  readonly package: string;
  readonly status: ExceptionStatus;
  /** One of OpenVEX's; null where the statement explains itself by other words, or says that it is repaired. */
  readonly justification: string | null;
  /** In the words of the author; null where there are none. */
  readonly explanation: string | null;
  readonly author: string;
  /** The identifier of the document that says so. */
  readonly document: string;
  /** When its author said so, ISO 8601 UTC; null where it is not said. */
  readonly since: string | null;
  /** From when on it no longer counts, ISO 8601 UTC; null for one that has no end. */
  readonly expires: string | null;
}

/** The statuses of OpenVEX that except a finding. */
export type ExceptionStatus = 'not_affected' | 'fixed';
