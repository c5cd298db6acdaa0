import { z } from 'zod';
import { count, digest, instant, toolPart, versionPart } from './schema-parts.ts';

/**
 * The published schema of what `verify` and `evidence` write with `-o json`. Only tests and the documentation tool load
 * this file; `evidence-schema.test.ts` holds it together with the interface of `evidence.ts`.
 */
const outcome = z.enum(['accepted', 'refused']);
const route = z
  .enum(['referrers', 'fallback-tag', 'signature-tag', 'attestation-tag', 'sbom-tag', 'index-entry'])
  .describe('How it was found.');

export const evidenceTarget = z.strictObject({
  kind: z.enum(['index', 'manifest']).describe('What the digest is of.'),
  digest: digest.describe('What signatures and statements are about.'),
  platform: z.string().nullable().describe('os/architecture[/variant], where the index says.'),
});

const evidenceImage = z.strictObject({
  reference: z.string().describe('As the user wrote it.'),
  repository: z.string().nullable().describe('`registry/path`, normalised; null for files of this machine.'),
  subjects: z.array(evidenceTarget).describe('The index first, when the reference names one.'),
});

export const trustInUse = z.strictObject({
  name: z.string().describe('Of the configuration.'),
  digest: digest.describe('Of all that decides: the document and the files it names.'),
});

const accepted = z.strictObject({
  signer: z.string().describe('The name of the signer in the configuration.'),
  operator: z.string().describe('Whom thresholds count.'),
  identity: z
    .strictObject({
      kind: z.enum(['key', 'keyless', 'x509']).describe('What shows who signed.'),
      name: z.string().describe("A key's fingerprint, a certificate's subject or alternative name."),
      issuer: z.string().nullable().describe("The OIDC issuer, or the certificate's; null for a key."),
    })
    .describe('Who signed, as was shown to be true.'),
  times: z
    .array(
      z.strictObject({
        source: z
          .enum(['timestamp-authority', 'transparency-log', 'signing-authority'])
          .describe('What kind of witness.'),
        time: instant.describe('When the signature was there.'),
        authority: z.string().describe('Who vouches for the time.'),
      }),
    )
    .describe('Earliest first; empty when nobody vouches for a time.'),
  logs: z
    .array(
      z.strictObject({
        log: z.string().describe("The log's name."),
        index: z.string().describe('Of the entry, decimal.'),
      }),
    )
    .describe('Entries in transparency logs.'),
  notes: z.array(z.string()).describe('Checks that failed and that the configuration only logs.'),
});

const rejected = z.strictObject({
  signer: z.string().nullable().describe('Whom it was tried for; null when it counts for nobody.'),
  code: z.string().describe('`SIGNATURE_INVALID`, as in the list of errors.'),
  reason: z.string().describe('The object, what was expected, what was found.'),
});

const states = z.strictObject({
  builder: z.string().describe('Empty where it is not said.'),
  buildType: z.string().describe('Empty where it is not said.'),
  source: z.string().describe('Where the source is from, with its ref behind an `@`.'),
  result: z.string().describe('`PASSED`, `FAILED`, `WARNED` of a test or summary.'),
  levels: z
    .array(
      z.strictObject({ signer: z.string().describe('An accepted one.'), level: count.describe('SLSA build level.') }),
    )
    .describe('That the trust configuration lets the signer say.'),
  images: z
    .array(
      z.strictObject({
        name: z.string().describe('As the builder names it.'),
        digest: digest.nullable().describe('Null where it does not say.'),
      }),
    )
    .describe('Images among what went into the build.'),
});

export const evidenceEntry = z.strictObject({
  subject: digest.describe('The manifest that it is about.'),
  kind: z.enum(['signature', 'attestation']).describe('What it is.'),
  format: z.string().describe('A member of the family of evidence formats.'),
  route,
  attachment: digest.describe('The manifest that holds it.'),
  blob: digest.describe('The blob in it.'),
  predicateType: z.string().nullable().describe('As signed; null for signatures that make no statement.'),
  says: z
    .array(z.strictObject({ label: z.string().describe('Of what.'), value: z.string().describe('In a few words.') }))
    .describe('What the predicate says, as far as it was read.'),
  states: states.exactOptional().describe('What policies ask of provenance, verification summaries and test results.'),
  trusted: z.boolean().describe('At least one signature was accepted.'),
  signed: z.boolean().describe('False for what nobody signed.'),
  claims: z.array(z.string()).describe('Of what is not trusted: who the signatures say to be by, unproven.'),
  accepted: z.array(accepted).describe('Signatures that count for a signer of the configuration.'),
  rejected: z.array(rejected).describe('Signatures that do not, and why.'),
  supersededBy: z
    .strictObject({
      attachment: digest.describe('The manifest that holds it.'),
      blob: digest.describe('The blob in it.'),
      time: instant.describe('Of that one.'),
      timeFrom: z
        .enum(['verified-time', 'predicate-time'])
        .describe('Whether somebody vouches for its time, or it is what the statement says of itself.'),
    })
    .nullable()
    .describe('The newest statement of its kind and signer about the same manifest; null for the current one.'),
});

export const evidenceProblem = z.strictObject({
  subject: digest.describe('Where it hangs.'),
  route,
  attachment: digest.nullable().describe('Its manifest; null when the question itself was not answered.'),
  code: z.string().describe('As in the list of errors.'),
  reason: z.string().describe('The object, what was expected, what was found.'),
});

const requirement = z.strictObject({
  requirement: z.string().describe('What is asked, in words.'),
  outcome: outcome.describe('Whether it is met.'),
  needed: count.describe('Distinct operators that are needed; 0 where the rule refuses whatever is there.'),
  found: count.describe('Distinct operators that were found.'),
  accepted: z
    .array(
      z.strictObject({
        subject: digest.describe('What it is about.'),
        blob: digest.describe('Which evidence.'),
        signer: z.string().describe('Whose.'),
        operator: z.string().describe("The signer's operator."),
      }),
    )
    .describe('What counts.'),
  rejected: z
    .array(
      z.strictObject({
        subject: digest.describe('What it hangs on.'),
        attachment: digest.describe('The manifest that holds it.'),
        blob: digest.nullable().describe('The blob in it.'),
        signer: z.string().nullable().describe('Whom it was tried for; null when it counts for nobody.'),
        code: z.string().describe('As in the list of errors.'),
        reason: z.string().describe('The object, what was expected, what was found.'),
      }),
    )
    .describe('What was looked at and does not count.'),
});

export const verification = z.strictObject({
  outcome: z
    .enum(['accepted', 'refused', 'unknown'])
    .describe('`unknown`: not met, and a place where the missing evidence may be did not answer.'),
  reasons: z.array(z.string()).describe('What is missing; empty when accepted.'),
  rules: z
    .array(
      z.strictObject({
        rule: z.string().describe('Its name.'),
        image: digest.describe('The manifest that was judged.'),
        platform: z.string().nullable().describe('Of that manifest.'),
        outcome: outcome.describe('Whether every requirement is met.'),
        reasons: z.array(z.string()).describe('What is missing.'),
        requirements: z.array(requirement).describe('One by one.'),
      }),
    )
    .describe('Every rule for every image.'),
  validUntil: instant.nullable().describe('When time alone could turn an acceptance; null when none is known.'),
});

export const evidenceReportSchema = z
  .strictObject({
    schemaVersion: versionPart('1.2'),
    kind: z.enum(['verification', 'evidence']).describe('Which command wrote it.'),
    tool: toolPart,
    image: evidenceImage.describe('What was looked at.'),
    trust: trustInUse.nullable().describe('What was judged by; null trusts nobody.'),
    evidence: z.array(evidenceEntry).describe('Everything that hangs on the image.'),
    problems: z.array(evidenceProblem).describe('What could not be read, and may hold evidence.'),
    verification: verification.nullable().describe('The answer; null without a configuration.'),
    content: z.enum(['read', 'cached']).describe('`cached`: an earlier acceptance, still valid.'),
  })
  .describe('What plimsoll says of what hangs on one image.');
