import { z } from 'zod';
import type { Digest } from '#base/digest.ts';
import type { Facts } from '#model/facts.ts';
import { contextSchema, factsSchema } from '#model/facts-schema.ts';
import type { PolicyContext } from '#model/policy.ts';

/**
 * Facts and context of a case of `policy test`: what is not written is as these constants say, member by member, also within each
 * element of a list. `docs/guides/policy-tests.md` shows them. What is written has to fit the schema of facts.
 */
const TIME = '2026-01-01T00:00:00.000Z';
const DIGEST = `sha256:${'1'.repeat(64)}` as Digest;
const LAYER = `sha256:${'2'.repeat(64)}` as Digest;
const BLOB = `sha256:${'3'.repeat(64)}` as Digest;

const DISTRIBUTION = { id: 'debian', version: '13', codename: 'trixie' };

const IMAGE: Facts['image'] = {
  reference: 'registry.example/app:1.0',
  repository: 'registry.example/app',
  digest: DIGEST,
  index: null,
  platform: 'linux/amd64',
  created: TIME,
  user: '1000',
  entrypoint: ['/app'],
  cmd: [],
  env: [],
  workingDir: '/',
  labels: {},
  exposedPorts: [],
  size: 10_000_000,
  layers: [LAYER],
  content: 'read',
  distribution: null,
};

const PACKAGE: Facts['packages'][number] = {
  type: 'npm',
  name: 'left-pad',
  version: '1.3.0',
  purl: 'pkg:npm/left-pad@1.3.0',
  source: '',
  architecture: '',
  vendor: '',
  licenses: [],
  confidence: 'installed',
  layer: LAYER,
  paths: [],
  dependsOn: [],
  origin: '',
  released: null,
};

const FINDING_PACKAGE = { purl: PACKAGE.purl, name: PACKAGE.name, version: PACKAGE.version };

const FINDING: Facts['findings'][number] = {
  kind: 'vulnerability',
  id: 'CVE-2026-0001',
  aliases: [],
  severity: 'high',
  score: null,
  risk: null,
  package: FINDING_PACKAGE,
  fixedIn: '',
  state: 'affected',
  title: '',
  paths: [],
  published: null,
  malicious: false,
  knownExploited: false,
  epss: null,
  informational: '',
  excepted: null,
};

const EXCEPTED = {
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  author: 'author',
  document: 'https://vex.example/1',
  expires: null,
} as const;

const BASE: Facts['base'] = { name: '', digest: null, claimedBy: null };

const LIFECYCLE: Facts['lifecycle'][number] = {
  product: 'debian',
  release: '13',
  package: '',
  endOfLife: null,
  extendedUntil: null,
  ended: false,
};

const LICENSE: Facts['licenses'][number] = { id: 'MIT', class: 'permissive', packages: 1 };

const UNKNOWN: Facts['unknowns'][number] = {
  kind: 'unreadable',
  path: '',
  analyser: 'dpkg',
  reason: 'expected a package database, found none',
  hidesFindings: true,
};

const IDENTITY = { kind: 'key', name: 'SHA256:key', issuer: null } as const;

const SIGNATURE: Facts['evidence']['signatures'][number] = {
  subject: DIGEST,
  format: 'sigstore-bundle',
  signer: 'release',
  operator: 'release',
  identity: IDENTITY,
  time: null,
};

const STATEMENT: Facts['evidence']['statements'][number] = {
  ...SIGNATURE,
  predicateType: 'https://slsa.dev/provenance/v1',
  blob: BLOB,
  superseded: false,
  builder: '',
  buildType: '',
  source: '',
  level: 0,
  result: '',
  mismatches: null,
};

const ADVISORIES: Facts['advisories'][number] = {
  ecosystem: 'KEV',
  revision: DIGEST,
  newest: TIME,
  checked: TIME,
  staleFrom: null,
};

const HISTORY: Facts['history'][number] = {
  environment: 'staging',
  decision: 'admit',
  decidedAt: TIME,
  broken: [],
  record: DIGEST,
};

const EVIDENCE: Facts['evidence'] = {
  looked: true,
  complete: true,
  verification: 'accepted',
  signatures: [],
  statements: [],
};

const NOTHING = {
  packages: [],
  findings: [],
  base: BASE,
  lifecycle: [],
  licenses: [],
  unknowns: [],
  advisories: [],
  history: [],
} as const;

const CONTEXT: PolicyContext = {
  time: TIME,
  stage: 'deploy',
  environment: 'test',
  project: null,
  actor: null,
  cluster: null,
  namespace: null,
  exposure: null,
};

const { shape } = factsSchema;
const { distribution } = shape.image.shape;
const finding = shape.findings.element;
const signature = shape.evidence.shape.signatures.element;
const statement = shape.evidence.shape.statements.element;
const identity = signature.shape.identity.partial().optional();

/** Facts as a case writes them. */
export const caseFacts = z
  .strictObject({
    image: shape.image.partial().extend({ distribution: distribution.unwrap().partial().nullable().optional() }),
    packages: z.array(shape.packages.element.partial()),
    findings: z.array(
      finding.partial().extend({
        package: finding.shape.package.partial().optional(),
        excepted: finding.shape.excepted.unwrap().partial().nullable().optional(),
      }),
    ),
    base: shape.base.partial(),
    lifecycle: z.array(shape.lifecycle.element.partial()),
    licenses: z.array(shape.licenses.element.partial()),
    unknowns: z.array(shape.unknowns.element.partial()),
    evidence: shape.evidence.partial().extend({
      signatures: z.array(signature.partial().extend({ identity })).optional(),
      statements: z.array(statement.partial().extend({ identity })).optional(),
    }),
    advisories: z.array(shape.advisories.element.partial()),
    history: z.array(shape.history.element.partial()),
  })
  .partial();
export type CaseFacts = z.infer<typeof caseFacts>;

export const caseContext = contextSchema.omit({ environment: true }).partial();
export type CaseContext = z.infer<typeof caseContext>;

/** With what the constants say for what is not there; where whole facts are given, what they say for parts that are not. */
export function completeFacts(given: CaseFacts, from: Facts | null = null): Facts {
  const { image = {}, evidence = {} } = given;
  const whole = from ?? { ...NOTHING, image: IMAGE, evidence: EVIDENCE };
  const distribution = image.distribution === undefined ? whole.image.distribution : image.distribution;
  const complete = {
    image: { ...whole.image, ...image, distribution: within(DISTRIBUTION, distribution) },
    packages: given.packages?.map((one) => ({ ...PACKAGE, ...one })) ?? whole.packages,
    findings: given.findings?.map(completeFinding) ?? whole.findings,
    base: { ...whole.base, ...given.base },
    lifecycle: given.lifecycle?.map((one) => ({ ...LIFECYCLE, ...one })) ?? whole.lifecycle,
    licenses: given.licenses?.map((one) => ({ ...LICENSE, ...one })) ?? whole.licenses,
    unknowns: given.unknowns?.map((one) => ({ ...UNKNOWN, ...one })) ?? whole.unknowns,
    evidence: {
      ...whole.evidence,
      ...evidence,
      signatures: evidence.signatures?.map((one) => ofSigner(SIGNATURE, one)) ?? whole.evidence.signatures,
      statements: evidence.statements?.map((one) => ofSigner(STATEMENT, one)) ?? whole.evidence.statements,
    },
    advisories: given.advisories?.map((one) => ({ ...ADVISORIES, ...one })) ?? whole.advisories,
    history: given.history?.map((one) => ({ ...HISTORY, ...one })) ?? whole.history,
  };
  const parsed: unknown = factsSchema.parse(complete);
  return parsed as Facts;
}

function completeFinding(one: NonNullable<CaseFacts['findings']>[number]): object {
  return {
    ...FINDING,
    ...one,
    package: { ...FINDING_PACKAGE, ...one.package },
    excepted: within(EXCEPTED, one.excepted ?? null),
  };
}

function ofSigner<T extends object>(defaults: T, one: { readonly identity?: object | undefined }): object {
  return { ...defaults, ...one, identity: { ...IDENTITY, ...one.identity } };
}

function within(defaults: object, given: object | null): object | null {
  return given === null ? null : { ...defaults, ...given };
}

export function completeContext(given: CaseContext, environment: string): PolicyContext {
  return contextSchema.parse({ ...CONTEXT, ...given, environment });
}

/** What stands for what a case does not write, for the guide. */
export const CASE_DEFAULTS: Facts = completeFacts({
  image: { distribution: {} },
  packages: [{}],
  findings: [{}],
  lifecycle: [{}],
  licenses: [{}],
  unknowns: [{}],
  evidence: { signatures: [{}], statements: [{}] },
  advisories: [{}],
  history: [{}],
});
