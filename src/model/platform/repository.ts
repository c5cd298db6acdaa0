/** A part of a list. */
export interface Page {
  /** Only what sorts after this. */
  readonly after: string | null;
  readonly limit: number;
}

export interface Repository {
  readonly id: string;
  readonly projectId: string;
  /** The first segment of the name. */
  readonly project: string;
  readonly name: string;
}
