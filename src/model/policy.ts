import type { Digest } from '#base/digest.ts';
import type { Severity } from './advisory.ts';
import type { UnknownKind } from './unknown.ts';

/**
 * What decides whether an image may sail, as plain data: documents of `apiVersion: plimsoll.dev/v1` after their YAML has been
 * read. `lib/policy/documents` reads them; `docs/reference/policy-language.md` explains them.
 */
export const POLICY_KINDS = ['Policy', 'Environment', 'Exception', 'Source', 'Trust'] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];

/** What every document has. */
export interface DocumentHead {
  readonly name: string;
  /** Of the canonical JSON (RFC 8785) of the document as data: layout and comments of the YAML do not count. */
  readonly digest: Digest;
  /** That JSON: what is stored under the digest. Reading it gives the same document. */
  readonly canonical: string;
  /** The file as the user wrote it, for messages; `built in` for what ships. */
  readonly file: string;
  /** Where its members stand, by place: `validations > [0] > name`; the empty place is its beginning. Absent where it was not read. */
  readonly positions?: ReadonlyMap<string, Position>;
}

/** 1 for the first line and column of a file; columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What becomes of an image that breaks a rule. `audit` is only recorded. */
export const ACTIONS = ['deny', 'warn', 'audit'] as const;
export type Action = (typeof ACTIONS)[number];

/** Where in the chain is asked. */
export const STAGES = ['acquire', 'catalog', 'build', 'deploy', 'run'] as const;
export type Stage = (typeof STAGES)[number];

/** Who can get at what runs. */
export const EXPOSURES = ['internet', 'internal', 'none'] as const;
export type Exposure = (typeof EXPOSURES)[number];

/** An expression, and where it stands in its file. */
export interface Expression {
  readonly text: string;
  /** `policies/age.yaml, line 12, validations > [0] > expression`. */
  readonly place: string;
  /** Of the first character of the text in the file. */
  readonly line: number;
  readonly column: number;
  /** Where the text goes on elsewhere than one column further: block scalars, several lines, escapes. Sorted by offset; absent for none. */
  readonly jumps?: readonly Jump[];
}

/** From this offset of the text on (UTF-16 code units), until the next one, it stands there in the file. */
export interface Jump extends Position {
  readonly offset: number;
}

export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
}

/** `kind: Policy`. Rules that are in CEL over facts and context. */
export interface Policy extends DocumentHead {
  readonly kind: 'Policy';
  readonly title: string;
  readonly description: string;
  /** By name, as `params.NAME`. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly match: PolicyMatch;
  /** As `variables.NAME`, each seeing those before it; computed when one is first asked for. */
  readonly variables: readonly NamedExpression[];
  /** Never empty. */
  readonly validations: readonly Validation[];
}

export const PARAMETER_TYPES = ['bool', 'int', 'double', 'string', 'duration', 'severity', 'list'] as const;

/** A value that an environment may set. */
export interface Parameter {
  /** `list` is one of strings. */
  readonly type: (typeof PARAMETER_TYPES)[number];
  readonly description: string;
  /** Of the type; durations such as `30d` and severities as texts. Undefined where an environment has to set it. */
  readonly default?: ParameterValue;
}
export type ParameterValue = boolean | number | string | readonly string[];

/** Images that a policy speaks of: all that is said has to hold; what is empty holds for everything. */
export interface PolicyMatch {
  readonly stages: readonly Stage[];
  /** Patterns as rules of a trust configuration have them. */
  readonly repositories: readonly string[];
  readonly excludeRepositories: readonly string[];
  /** `linux/amd64`. */
  readonly platforms: readonly string[];
  /** `matchConditions` of Kubernetes: all have to be true. */
  readonly conditions: readonly NamedExpression[];
}

/** One rule; called `POLICY/NAME`. */
export interface Validation {
  readonly name: string;
  /** True for an image that keeps it. */
  readonly expression: Expression;
  /** A sentence without its full stop, for one that does not; said where `messageExpression` fails, too. */
  readonly message: string;
  readonly messageExpression: Expression | null;
  readonly action: Action;
  /** Whether an environment's grace is for it too; it is where nothing is said. */
  readonly grace: boolean;
  /** Empty for all that the policy is asked in. */
  readonly stages: readonly Stage[];
  /** What to do about it, full sentences; empty where it is not said. */
  readonly remediation: string;
}

/** `kind: Environment`. A water with its own line. */
export interface Environment extends DocumentHead {
  readonly kind: 'Environment';
  readonly title: string;
  readonly description: string;
  readonly policies: readonly PolicySelection[];
  /** What becomes of an image that no policy speaks of. `deny` where it is not said. */
  readonly unmatched: 'deny' | 'warn' | 'admit';
  /** As `environment.severity` and `environment.maximumAge`: the line that shipped policies draw where no parameter says otherwise. */
  readonly severity: Severity;
  /** Milliseconds; null for no line. */
  readonly maximumAgeMs: number | null;
  /** How long after a rule is first broken by an image that was admitted here before, the image is admitted with a warning. Milliseconds. */
  readonly graceMs: number;
  /** Unknowns that may be there. */
  readonly tolerated: readonly ToleratedUnknown[];
  /** How old what is known of advisories may be, milliseconds since they were last looked for; null for what the feeds themselves allow. */
  readonly advisoryMaximumAgeMs: number | null;
  readonly alerts: AlertDisposition;
  readonly exceptions: ExceptionRules;
}

/** `conservative`: high and worse; `moderate`: medium and worse; `aggressive`: all. */
export const ALERT_DISPOSITIONS = ['conservative', 'moderate', 'aggressive'] as const;
export type AlertDisposition = (typeof ALERT_DISPOSITIONS)[number];

export interface PolicySelection {
  /** The name of a policy. */
  readonly policy: string;
  /** In place of the defaults. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** In place of what its validations say; null for what they say. */
  readonly action: Action | null;
  /** Names of validations that are left out. */
  readonly without: readonly string[];
}

export interface ToleratedUnknown {
  readonly kind: UnknownKind;
  /** Globs of absolute paths in the image, `*` within and `**` across folders; empty for any and for none. */
  readonly paths: readonly string[];
  readonly reason: string;
}

export interface ExceptionRules {
  /** The longest time from `requested` to `expires`, milliseconds. */
  readonly maximumMs: number;
}

/** `kind: Exception`. What somebody lets pass, for a time. Named apart from the exception of one finding in a report. */
export interface PolicyException extends DocumentHead {
  readonly kind: 'Exception';
  /** Never empty as a whole: an exception for every image and package is refused. */
  readonly scope: ExceptionScope;
  readonly for: ExceptionTarget;
  /** Names; empty for all. */
  readonly environments: readonly string[];
  readonly reason: string;
  readonly owner: string;
  readonly requester: string;
  /** Not the requester. */
  readonly approver: string;
  readonly ticket: string;
  /** ISO 8601 UTC. */
  readonly requested: string;
  /** ISO 8601 UTC: from this instant on it does not count. */
  readonly expires: string;
  /** Of OpenVEX, for the findings it names; null for what is affected and accepted. */
  readonly justification: string | null;
}

/** All members that are not empty have to hold. */
export interface ExceptionScope {
  /** Of platform manifests or the indexes they are chosen from. */
  readonly digests: readonly Digest[];
  /** Patterns of repositories. */
  readonly repositories: readonly string[];
  /** Package URLs, without a version for every version of it; nothing else of one may be left out. */
  readonly packages: readonly string[];
}

/** At least one member is not empty. With both, the findings are left out for those rules only. */
export interface ExceptionTarget {
  /** `POLICY/RULE`, or `POLICY` for all of its rules. */
  readonly rules: readonly string[];
  /** Ids or aliases of findings. */
  readonly findings: readonly string[];
}

/** `kind: Source`. Where images, bases and packages may come from, as `sources`. */
export interface Source extends DocumentHead {
  readonly kind: 'Source';
  readonly title: string;
  /** Patterns. */
  readonly repositories: readonly string[];
  readonly bases: readonly ApprovedBase[];
  readonly packages: readonly PackagePin[];
  /** How a server takes images from it; null where it only says what is allowed. */
  readonly acquire: AcquireRules | null;
}

/** What of a registry may be taken, and how. Nothing outside of it can be. */
export interface AcquireRules {
  /** Host, and port if it has one: `docker.io`, `registry.example.org:5000`. */
  readonly registry: string;
  /** Patterns of repositories below it, without the host: `library/*`. Never empty. */
  readonly repositories: readonly string[];
  /** Any of them is enough; without one only digests can be asked for. */
  readonly tags: readonly TagRule[];
  /** `linux/amd64`: an index has to have them, and those that it has besides are copied with it; empty for any. */
  readonly platforms: readonly string[];
  /** Where copies go: `mirror` makes `docker.io/library/alpine` `mirror/library/alpine`. */
  readonly into: string;
  /** The name of a document of kind Trust; null trusts nobody, and policy sees that. */
  readonly trust: string | null;
  /** References to secrets: `env:NAME`, `file:/path`. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** What addresses its host, and hosts that it names, may have. */
  readonly network: 'public' | 'private' | 'loopback';
  /** `none` for plain HTTP. */
  readonly tls: 'verify' | 'none';
  /** Between two looks at its tags, milliseconds; null for never: then somebody asks. */
  readonly everyMs: number | null;
  /** The environment whose verdict lets an image out of quarantine. */
  readonly environment: string;
  readonly firstPull: FirstPullRules;
}

export type TagRule =
  | { readonly kind: 'exact'; readonly tag: string }
  /** A range of semantic versions: `>=1.2 <2`. */
  | { readonly kind: 'semver'; readonly range: string }
  /** RE2, of the whole tag. */
  | { readonly kind: 'matches'; readonly pattern: string };

/** `hold`: the first pull waits until it is decided. `serve`: it is served while it is looked at, with a warning. `off`: nobody takes anything by pulling. */
export interface FirstPullRules {
  readonly mode: 'hold' | 'serve' | 'off';
  /** How long a client waits, milliseconds. */
  readonly waitMs: number;
}

/** A base image by its layers, which nobody can claim without having them. */
export interface ApprovedBase {
  readonly name: string;
  /** DiffIDs, lowest first; an image is built on it when these are its lowest layers. Never empty. */
  readonly layers: readonly Digest[];
  /** When it was released, ISO 8601 UTC. */
  readonly released: string;
  /** From when on another is to be used, ISO 8601 UTC; null for the newest. */
  readonly supersededAt: string | null;
}

/** Packages whose names are ours: one of that name from anywhere else is somebody else's. */
export interface PackagePin {
  /** A package URL without a version, whose last segment may be `*`: `pkg:npm/%40acme/*`. */
  readonly package: string;
  /** What the URL that it was got from, or the qualifier of its package URL, may begin with, in whole segments. */
  readonly from: readonly string[];
}

/** The documents that decide together: what is active, read and checked. */
export interface PolicySet {
  readonly policies: readonly Policy[];
  readonly environments: readonly Environment[];
  readonly exceptions: readonly PolicyException[];
  readonly sources: readonly Source[];
  /** Over the digests of all documents, sorted: the revision. */
  readonly revision: Digest;
}

/** What a rule may be about besides the image: not a fact. */
export interface PolicyContext {
  /** ISO 8601 UTC with milliseconds. The only clock there is. */
  readonly time: string;
  readonly stage: Stage;
  readonly environment: string;
  readonly project: string | null;
  readonly actor: string | null;
  readonly cluster: string | null;
  readonly namespace: string | null;
  readonly exposure: Exposure | null;
}
