import { z } from 'zod';
import { isDuration } from '#base/duration.ts';
import { parsePattern } from '#model/repository-pattern.ts';

/** A trust configuration as it is written. `docs/reference/trust.schema.json` is made of it, so that editors can check the file too. */
export type TrustDocument = z.infer<typeof trustDocument>;
export type RootEntry = z.infer<typeof rootEntry>;
export type StoreEntry = z.infer<typeof storeEntry>;
export type SignerEntry = z.infer<typeof signerEntry>;
export type RuleEntry = z.infer<typeof ruleEntry>;
export type RequirementEntry = z.infer<typeof requirementEntry>;
export type SignatureEntry = z.infer<typeof signatureEntry>;
export type AttestationEntry = z.infer<typeof attestationEntry>;
export type TextEntry = z.infer<typeof Text>;
export type FileEntry = z.infer<typeof File>;

const MAX_ENTRIES = 1024;
const MAX_LIST = 256;
const MAX_TEXT = 4096;

const Words = z.string().min(1, 'expected a text that is not empty').max(MAX_TEXT);
const Name = z
  .string()
  .refine(isName, 'expected a name of letters, digits, . _ and -, at most 128 of them, the first a letter or digit');
const Names = z.array(Name).min(1, 'expected at least one name').max(MAX_LIST);

const File = z
  .union([Words, z.strictObject({ pem: Words })], 'expected the name of a file, or pem: with its text')
  .describe('A file, relative to this one, or `pem:` and its text.');
const Files = z.array(File).min(1, 'expected at least one file').max(MAX_LIST);

const Text = z
  .union(
    [Words, z.strictObject({ matches: z.string().min(1).max(1024) })],
    'expected a text, or matches: with a pattern',
  )
  .describe('The exact text, or `matches:` and an RE2 pattern that has to match all of it.');

const Subject = z
  .union(
    [Words, z.strictObject({ matches: z.string().min(1).max(1024) }), z.strictObject({ any: z.literal(true) })],
    'expected a text, matches: with a pattern, or any: true',
  )
  .describe('The exact text, `matches:` and an RE2 pattern that has to match all of it, or `any: true` for everybody.');

const Instant = z.iso.datetime({ offset: true, error: 'expected a date and time such as 2026-01-31T12:00:00Z' });
const DURATION = 'expected a duration such as 30d, 12h or 90m';
const Duration = z.string(DURATION).refine(isDuration, DURATION);

const rootEntry = z
  .strictObject({
    file: Words.optional().describe('A trusted_root.json, relative to this file. In place of all other members.'),
    certificateAuthorities: Files.optional().describe(
      'Certificates of Fulcio in PEM: issuer of leaves first, root last.',
    ),
    rekorKeys: Files.optional().describe('Public keys of transparency logs in PEM.'),
    ctKeys: Files.optional().describe('Public keys of certificate transparency logs in PEM.'),
    timestampAuthorities: Files.optional().describe('One file for each authority, its certificates in PEM, root last.'),
  })
  .superRefine((entry, context) => {
    const parts = Object.keys(entry).filter((key) => key !== 'file');
    if ((entry.file === undefined) === (parts.length === 0)) {
      context.addIssue({ code: 'custom', path: [], message: 'expected either file, or the parts of a trust root' });
    }
  });

const storeEntry = z.strictObject({
  type: z.enum(['ca', 'signingAuthority', 'tsa']),
  certificates: Files.describe('Certificates in PEM, or one in DER.'),
  crls: z.array(File).max(MAX_LIST).optional().describe('Certificate revocation lists, in PEM or DER.'),
  ocsp: z.array(Words).max(MAX_LIST).optional().describe('OCSP responses in DER.'),
});

const keyEntry = z
  .strictObject({
    file: Words.optional().describe('A public key in PEM, relative to this file.'),
    pem: Words.optional().describe('The public key itself, in PEM.'),
    root: Name.optional().describe('The trust root whose logs and timestamp authorities are believed.'),
    transparency: z
      .enum(['required', 'none'])
      .describe('Whether a signature needs an entry in a transparency log of the root.'),
    validFrom: Instant.optional().describe('Signatures need a verified time from here on.'),
    validUntil: Instant.optional().describe('Signatures need a verified time before this.'),
    revokedAt: Instant.optional().describe('Signatures need a verified time before this.'),
  })
  .superRefine((entry, context) => {
    const issue = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if ((entry.file === undefined) === (entry.pem === undefined)) {
      issue([], 'expected either file or pem');
    }
    if (entry.transparency === 'required' && entry.root === undefined) {
      issue(['transparency'], 'expected a root beside transparency: required, whose logs it is about');
    }
    const bound = (['validFrom', 'validUntil', 'revokedAt'] as const).find((key) => entry[key] !== undefined);
    if (bound !== undefined && entry.root === undefined) {
      issue([bound], `expected a root beside ${bound}: nobody else can say when something was signed`);
    }
  });

const keylessEntry = z.strictObject({
  root: Name,
  issuer: Text.describe('The OIDC issuer.'),
  subject: Subject.describe('The mail address or URI in the certificate.'),
  claims: z.record(Name, Text).optional().describe("Further claims by Fulcio's names, such as sourceRepositoryURI."),
  transparency: z
    .enum(['required', 'none'])
    .optional()
    .describe(
      '`required` where it is not said. `none`: the root has no transparency logs, or none for certificates; those it has are still asked.',
    ),
});

const Action = z.enum(['enforce', 'log']);

const x509Entry = z.strictObject({
  stores: Names.describe('Stores of type ca or signingAuthority.'),
  timestampAuthorities: Names.optional().describe('Stores of type tsa.'),
  identities: z
    .union(
      [z.literal('*'), z.array(Words).min(1).max(MAX_LIST)],
      'expected a list of identities such as "C=US, ST=WA, O=Example", or "*" for all certificates of the stores',
    )
    .describe('Distinguished names, or `*` for all certificates that the stores vouch for.'),
  level: z.enum(['strict', 'permissive', 'audit']),
  override: z
    .strictObject({
      authenticity: Action.optional(),
      authenticTimestamp: Action.optional(),
      expiry: Action.optional(),
      revocation: z.enum(['enforce', 'log', 'skip']).optional(),
    })
    .optional(),
  verifyTimestamp: z.enum(['always', 'afterCertExpiry']).optional().describe('`always` where it is not said.'),
});

const signerEntry = z
  .strictObject({
    operator: Words.optional().describe('Who it is: thresholds count operators. The own name where it is not said.'),
    key: keyEntry.optional(),
    keyless: keylessEntry.optional(),
    x509: x509Entry.optional(),
  })
  .superRefine(exactlyOneOf(['key', 'keyless', 'x509']));

const Pattern = z.string().superRefine((text, context) => {
  const pattern = parsePattern(text);
  if (typeof pattern === 'string') {
    context.addIssue({ code: 'custom', message: `expected ${pattern}` });
  }
});

const Threshold = z
  .int()
  .min(1)
  .max(MAX_LIST)
  .optional()
  .describe('Distinct operators that have to sign; 1 where it is not said.');

const freshness = {
  maxAge: Duration.optional().describe('How old it may be: 30d, 12h, 90m.'),
  ageFrom: z
    .enum(['verified-time', 'predicate-time'])
    .optional()
    .describe('What says how old it is: a verified time (where it is not said), or the time in the statement.'),
};

const signatureEntry = z.strictObject({
  signers: Names,
  threshold: Threshold,
  maxAge: freshness.maxAge,
  signedReference: z
    .union([z.enum(['same-repository', 'same-reference']), z.strictObject({ repository: Words })])
    .optional()
    .describe('What a signed payload has to call the image; formats that call it nothing are refused then.'),
});

const provenanceEntry = z.strictObject({
  builders: z
    .array(z.strictObject({ id: Words, level: z.int().min(0).max(4), signers: Names.optional() }))
    .min(1)
    .max(MAX_LIST)
    .describe('Who may build, by exact builder id; which SLSA level that is worth; and which signers may say so.'),
  minimumLevel: z.int().min(0).max(4).optional(),
  buildTypes: z.array(Words).min(1).max(MAX_LIST).optional(),
  sources: z.array(Words).min(1).max(MAX_LIST).optional().describe('Repositories that may be built.'),
  refs: z.array(Words).min(1).max(MAX_LIST).optional().describe('Refs of them, such as refs/heads/main.'),
  externalParameters: z
    .strictObject({ allow: z.array(Words).max(MAX_LIST) })
    .optional()
    .describe('The only external parameters that there may be.'),
});

const summaryEntry = z.strictObject({
  verifiers: z
    .array(z.strictObject({ id: Words, signers: Names.optional() }))
    .min(1)
    .max(MAX_LIST),
  levels: z.array(Words).min(1).max(MAX_LIST),
  resourceUri: Text,
});

const attestationEntry = z
  .strictObject({
    predicateType: Words.describe('A URI, or the name of a kind of predicate such as provenance.'),
    signers: Names,
    threshold: Threshold,
    ...freshness,
    provenance: provenanceEntry.optional(),
    summary: summaryEntry.optional(),
    environments: z
      .array(Words)
      .min(1)
      .max(MAX_LIST)
      .optional()
      .describe('Of a verdict by policy, which always needs it: environments, any of which it may be for.'),
  })
  .superRefine((entry, context) => {
    if (entry.ageFrom !== undefined && entry.maxAge === undefined) {
      context.addIssue({ code: 'custom', path: ['ageFrom'], message: 'expected maxAge beside ageFrom' });
    }
    if (entry.provenance !== undefined && entry.summary !== undefined) {
      context.addIssue({ code: 'custom', path: ['summary'], message: 'expected provenance or summary, not both' });
    }
  });

const requirementEntry = z
  .strictObject({
    signature: signatureEntry.optional(),
    attestation: attestationEntry.optional(),
    refuse: Words.optional().describe('Accepts nothing, for this reason.'),
  })
  .superRefine(exactlyOneOf(['signature', 'attestation', 'refuse']));

const Patterns = z.array(Pattern).min(1, 'expected at least one pattern').max(MAX_LIST);

const ruleEntry = z.strictObject({
  name: Name,
  repositories: Patterns.describe('Which repositories it is about. All rules that match have to hold.'),
  except: Patterns.optional().describe('Repositories that it leaves to other rules.'),
  platforms: z
    .enum(['index', 'each', 'both', 'either'])
    .describe('Where the signatures of a multi-platform image have to be.'),
  require: z.array(requirementEntry).min(1, 'expected at least one requirement').max(64),
});

export const trustDocument = z.strictObject({
  apiVersion: z.literal('plimsoll.dev/v1'),
  kind: z.literal('Trust'),
  metadata: z.strictObject({ name: Name }),
  roots: z.record(Name, rootEntry).optional().describe('Sigstore trust roots by name.'),
  stores: z.record(Name, storeEntry).optional().describe('X.509 trust stores by name.'),
  signers: z.record(Name, signerEntry).optional().describe('Who may sign, by name.'),
  rules: z.array(ruleEntry).max(MAX_ENTRIES).describe('What images need. What no rule matches is refused.'),
});

/** A name of a root, store, signer, rule or configuration. */
export function isName(text: string): boolean {
  return /^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/.test(text);
}

function exactlyOneOf<Key extends string>(keys: readonly Key[]) {
  return (entry: { readonly [K in Key]?: unknown }, context: z.RefinementCtx): void => {
    const there = keys.filter((key) => entry[key] !== undefined);
    if (there.length !== 1) {
      const second = there[1];
      const path = second === undefined ? [] : [second];
      context.addIssue({ code: 'custom', path, message: `expected exactly one of ${keys.join(', ')}` });
    }
  };
}
