/** A way to take over what another scanner was told to ignore: a member of the family of importers. */
export interface ExceptionImporter {
  /** The folder name of the member. */
  readonly id: string;
  readonly capabilities: ExceptionImporterCapabilities;
  /**
   * The rules that an exception can say, no wider and no narrower; all others are named. Throws `POLICY_IMPORT_INVALID` for a
   * file that its own tool would refuse, and `LIMIT_EXCEEDED`.
   */
  read(source: IgnoreFile): ImportedRules;
}

export interface IgnoreFile {
  readonly text: string;
  /** What the file is called in messages. */
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface ImportedRules {
  readonly rules: readonly IgnoreRule[];
  readonly notCarriedOver: readonly NotCarriedOver[];
}

/** What an ignore file says of one vulnerability. */
export interface IgnoreRule {
  /** `.trivyignore, line 3`. */
  readonly where: string;
  /** The id or alias of a vulnerability. */
  readonly finding: string;
  /** Package URLs as exceptions have them; empty for any package. */
  readonly packages: readonly string[];
  /** Null where it does not say why. */
  readonly reason: string | null;
  /** The first instant at which it does not hold, milliseconds since 1970; null where it has no end. */
  readonly expires: number | null;
}

/** A rule that no exception says, or that says nothing any more. */
export interface NotCarriedOver {
  /** The rule in a few words, quoted. */
  readonly what: string;
  readonly where: string;
  readonly why: string;
}

/** From which `docs/reference/policy-importers.md` is generated. */
export interface ExceptionImporterCapabilities {
  readonly title: string;
  /** The names that such files usually have. */
  readonly file: string;
  readonly specification: string;
  /** What exceptions cannot say, one sentence part each. */
  readonly notCarriedOver: readonly string[];
}
