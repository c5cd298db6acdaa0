import { z } from 'zod';

/**
 * The members of an OSV record (schema 1.7) that Plimsoll reads. Others pass unseen, since sources and later versions of
 * the schema add their own; a member that is here and has another shape makes the record unreadable.
 */
const Text = z.string();
const Name = z.string().min(1).max(512);
const Timestamp = z.iso.datetime({ offset: true });
const Severity = z.object({ type: Text, score: Text });

const RangeEvent = z
  .object({
    introduced: Text.optional(),
    fixed: Text.optional(),
    last_affected: Text.optional(),
    limit: Text.optional(),
  })
  .refine((event) => Object.values(event).filter((bound) => bound !== undefined).length === 1, 'expected one bound');

const Range = z.object({
  type: z.enum(['GIT', 'SEMVER', 'ECOSYSTEM']),
  events: z
    .array(RangeEvent)
    .refine((events) => events.some((event) => event.introduced !== undefined), 'expected an introduced event'),
});

/** Words that sources put beside the schema; what is not a text there is not for us. */
const Specific = z.object({
  severity: z.unknown().optional(),
  cvss_score: z.unknown().optional(),
  status: z.unknown().optional(),
  urgency: z.unknown().optional(),
  informational: z.unknown().optional(),
  binaries: z.unknown().optional(),
});

const AffectedPackage = z.object({
  /** Absent for records of nothing but a repository. */
  package: z.object({ ecosystem: Name, name: Name }).optional(),
  severity: z.array(Severity).nullish(),
  ranges: z.array(Range).nullish(),
  versions: z.array(Text).nullish(),
  ecosystem_specific: Specific.nullish(),
  database_specific: Specific.nullish(),
});

export const OsvRecord = z.object({
  id: Name,
  modified: Timestamp,
  published: Timestamp.nullish(),
  withdrawn: Timestamp.nullish(),
  aliases: z.array(Name).nullish(),
  upstream: z.array(Name).nullish(),
  summary: Text.nullish(),
  details: Text.nullish(),
  severity: z.array(Severity).nullish(),
  affected: z.array(AffectedPackage).nullish(),
  references: z.array(z.object({ type: Text, url: Text })).nullish(),
  database_specific: Specific.nullish(),
});

export type OsvRecord = z.infer<typeof OsvRecord>;
export type OsvAffected = z.infer<typeof AffectedPackage>;
export type OsvRange = z.infer<typeof Range>;
export type OsvSeverity = z.infer<typeof Severity>;
export type OsvSpecific = z.infer<typeof Specific>;
