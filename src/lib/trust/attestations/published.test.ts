import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { TrustError } from '../error.ts';
import { readPredicate } from './predicates/list.ts';
import type { Predicate, PredicateKind } from './predicates/predicate.ts';
import { checkProvenance } from './provenance.ts';
import { sourcesOf } from './source.ts';
import { assertStatementPayloadType, parseStatement } from './statement.ts';

evidence(
  'trust/statements',
  'published',
  'every example of the in-toto and SLSA specifications, and provenance signed by GitHub Actions and Google Cloud Build',
);
evidence(
  'trust/predicates-provenance',
  'published',
  'provenance signed by GitHub Actions, examples of the SLSA specification',
);
evidence('trust/predicates-verification-summary', 'published', 'examples of the SLSA specification');
evidence('trust/predicates-test-result', 'published', 'examples of the in-toto and SLSA specifications');

/** Why an example is no statement that could be about an image. */
type Reason = 'no statement' | 'cut digest';

/** Of every file: whether it is read as it stands, and what its predicate is, with whole digests where it has cut ones. */
const EXPECTED: Readonly<Record<string, readonly ['read' | Reason, PredicateKind | null]>> = {
  'in-toto-attestation/predicates-reference-01.json': ['read', 'other'],
  'in-toto-attestation/predicates-reference-02.json': ['read', 'other'],
  'in-toto-attestation/predicates-release-01.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-release-02.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-release-03.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-release-04.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-release-05.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-scai-01.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-scai-02.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-scai-03.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-svr-01.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-svr-02.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-svr-03.json': ['cut digest', 'other'],
  'in-toto-attestation/predicates-test-result-01.json': ['read', 'test-result'],
  'in-toto-attestation/v0.1.0-README-01.json': ['no statement', null],
  'in-toto-attestation/v0.1.0-README-02.json': ['no statement', null],
  'in-toto-attestation/v1-predicate-01.json': ['no statement', null],
  'in-toto-attestation/v1-resource-descriptor-01.json': ['no statement', null],
  'in-toto-attestation/v1-resource-descriptor-02.json': ['no statement', null],
  'in-toto-attestation/v1-resource-descriptor-03.json': ['no statement', null],
  'in-toto-attestation/v1-resource-descriptor-04.json': ['no statement', null],
  'in-toto-attestation/v1-resource-descriptor-05.json': ['no statement', null],
  // Written before there was a type of statements.
  'in-toto-attestation/motivating-use-case-01.json': ['no statement', null],
  'in-toto-attestation/motivating-use-case-02.json': ['no statement', null],
  'in-toto-attestation/motivating-use-case-03.json': ['no statement', null],
  'in-toto-attestation/motivating-use-case-04.json': ['no statement', null],
  'in-toto-attestation/motivating-use-case-05.json': ['no statement', null],
  'in-toto-attestation/motivating-use-case-06.json': ['no statement', null],
  'in-toto-attestation/motivating-use-case-07.json': ['no statement', null],
  'in-toto-attestation/motivating-use-case-08.json': ['no statement', null],
  'slsa/build-provenance-01.json': ['no statement', null],
  'slsa/build-provenance-02.json': ['no statement', null],
  'slsa/verification-summary-01.json': ['no statement', null],
  'slsa/verification-summary-02.json': ['cut digest', 'verification-summary'],
  'slsa/source-requirements-01.json': ['read', 'verification-summary'],
  'slsa/www-posts-2023-05-02-in-toto-and-slsa-01.json': ['read', 'other'],
  'slsa/www-posts-2023-05-02-in-toto-and-slsa-02.json': ['read', 'other'],
  'slsa/www-posts-2023-05-02-in-toto-and-slsa-03.json': ['read', 'test-result'],
  'slsa/www-posts-2023-05-02-in-toto-and-slsa-04.json': ['cut digest', 'provenance'],
  'slsa/www-posts-2023-05-02-in-toto-and-slsa-05.json': ['cut digest', 'other'],
  'slsa/www-posts-2023-05-02-in-toto-and-slsa-06.json': ['cut digest', 'verification-summary'],
  'slsa/www-posts-2025-10-21-slsa-e2e-with-ampel-01.json': ['no statement', null],
  'slsa/www-posts-2025-10-21-slsa-e2e-with-ampel-02.json': ['no statement', null],
  // Its type is in `type`, and `_type` is empty.
  'slsa/www-posts-2025-10-21-slsa-e2e-with-ampel-03.json': ['no statement', null],
  'slsa/provenance-v1-github-actions-workflow.json': ['read', 'provenance'],
  'dsse/protocol-01.json': ['no statement', null],
  'dsse/envelope-01.json': ['no statement', null],
  'dsse/envelope-02.json': ['no statement', null],
  'real/gha_go-v2.1.0-push-v14.2.intoto.jsonl': ['read', 'provenance'],
  'real/gha_generic-v2.1.0-workflow_dispatch.intoto.jsonl': ['read', 'provenance'],
  'real/gha_container-based-v2.1.0-push-v14.2.intoto.build.slsa.json': ['read', 'provenance'],
  // Provenance 0.1, and its statement repeats the predicate in a member of Google's own.
  'real/gcb-v0.3-github.json': ['read', 'other'],
  'real/annotated-tag.intoto.jsonl': ['read', 'provenance'],
  'real/expired-cert.intoto.jsonl': ['read', 'provenance'],
};

const REASONS: Readonly<Record<Reason, RegExp>> = {
  'no statement': /expected "_type" to be /,
  'cut digest': /expected "subject\[0\]\.digest\.sha(256|512)" to be (64|128) lower-case hex digits, found "/,
};

interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
}

interface Carrier extends Envelope {
  readonly dsseEnvelope?: Envelope;
  readonly provenance_summary?: { readonly provenance: readonly { readonly envelope: Envelope }[] };
}

/** The statement in a file: for `real/` the payload of its envelope, as a verifier gets it. */
function statementIn(file: string): Uint8Array {
  const bytes = readFileSync(data(`spec/intoto/${file}`));
  if (!file.startsWith('real/')) {
    return bytes;
  }
  const carrier = JSON.parse(bytes.toString()) as Carrier;
  const envelope = carrier.dsseEnvelope ?? carrier.provenance_summary?.provenance[0]?.envelope ?? carrier;
  assertStatementPayloadType(envelope.payloadType, file);
  // Google writes the URL alphabet.
  return decodeBase64(envelope.payload.replaceAll('-', '+').replaceAll('_', '/'), file);
}

function withWholeDigests(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString();
  return Buffer.from(
    text.replace(/"(sha256|sha512)": "[0-9a-zA-Z.]*"/g, (_, algorithm: string) => {
      return `"${algorithm}": "${'ab'.repeat(algorithm === 'sha256' ? 32 : 64)}"`;
    }),
  );
}

function predicateOf(bytes: Uint8Array, file: string): Predicate {
  const statement = parseStatement(bytes, file);
  return readPredicate(statement.predicate, statement.predicateType, file);
}

test('every example of in-toto and SLSA is read, or refused for a reason', { skip: missing('shared-data') }, (t) => {
  const index = JSON.parse(readFileSync(data('spec/intoto/index.json'), 'utf8')) as { files: { file: string }[] };
  assert.deepEqual(index.files.map(({ file }) => file).toSorted(), Object.keys(EXPECTED).toSorted());
  const counts = { read: 0, 'cut digest': 0, 'no statement': 0 };
  for (const [file, [outcome, kind]] of Object.entries(EXPECTED)) {
    const bytes = statementIn(file);
    counts[outcome] += 1;
    if (outcome !== 'read') {
      assert.throws(
        () => parseStatement(bytes, file),
        (error) =>
          error instanceof TrustError && error.code === 'ENVELOPE_INVALID' && REASONS[outcome].test(error.message),
        file,
      );
    }
    if (kind !== null) {
      assert.equal(predicateOf(outcome === 'read' ? bytes : withWholeDigests(bytes), file).kind, kind, file);
    }
  }
  assert.ok(counts.read >= 14 && counts['cut digest'] >= 14 && counts['no statement'] >= 22);
  t.diagnostic(`${index.files.length} examples: ${JSON.stringify(counts)}`);
});

test('signed provenance names its builder, its source and its inputs', { skip: missing('shared-data') }, () => {
  const generator = 'https://github.com/slsa-framework/slsa-github-generator/.github/workflows';
  const files: readonly (readonly [string, string, string, string])[] = [
    [
      'gha_go-v2.1.0-push-v14.2.intoto.jsonl',
      `${generator}/builder_go_slsa3.yml@refs/tags/v2.1.0`,
      'slsa-framework/example-package',
      'refs/tags/v14.2',
    ],
    [
      'gha_generic-v2.1.0-workflow_dispatch.intoto.jsonl',
      `${generator}/generator_generic_slsa3.yml@refs/tags/v2.1.0`,
      'slsa-framework/example-package',
      'refs/heads/main',
    ],
    [
      'gha_container-based-v2.1.0-push-v14.2.intoto.build.slsa.json',
      `${generator}/builder_container-based_slsa3.yml@refs/tags/v2.1.0`,
      'slsa-framework/example-package',
      'refs/tags/v14.2',
    ],
    [
      'annotated-tag.intoto.jsonl',
      `${generator}/generator_generic_slsa3.yml@refs/tags/v1.2.2`,
      'asraa/slsa-on-github-test',
      'refs/tags/v1.5.0',
    ],
  ];
  for (const [file, builder, repository, ref] of files) {
    const provenance = predicateOf(statementIn(`real/${file}`), file);
    assert.ok(provenance.kind === 'provenance');
    const source = `https://github.com/${repository}`;
    assert.deepEqual(sourcesOf(provenance), [{ repository: source, ref }], file);
    assert.ok(
      provenance.resolvedDependencies.some((item) => item.uri === `git+${source}@${ref}`),
      file,
    );
    const expectation = {
      builders: [{ id: builder, level: 3 }],
      minimumLevel: 3,
      buildTypes: null,
      sources: [source],
      refs: [ref],
      externalParameters: null,
    };
    assert.deepEqual(checkProvenance(provenance, expectation), [], file);
    const other = { ...expectation, builders: [{ id: builder.slice(0, -1), level: 3 }], sources: [`${source}s`] };
    assert.deepEqual(
      checkProvenance(provenance, other).map((fault) => fault.what),
      ['builder', 'source'],
      file,
    );
  }
});

test('what a verification summary says', { skip: missing('shared-data') }, () => {
  const file = 'slsa/verification-summary-02.json';
  const summary = predicateOf(withWholeDigests(statementIn(file)), file);
  assert.ok(summary.kind === 'verification-summary');
  assert.deepEqual(
    { ...summary, policy: summary.policy.uri, inputAttestations: summary.inputAttestations.map((item) => item.uri) },
    {
      kind: 'verification-summary',
      verifierId: 'https://example.com/publication_verifier',
      timeVerified: Date.UTC(1985, 3, 12, 23, 20, 50, 520),
      resourceUri: 'https://example.com/example-1.2.3.tar.gz',
      policy: 'https://example.com/example_tarball.policy',
      inputAttestations: ['https://example.com/provenances/example-1.2.3.tar.gz.intoto.jsonl'],
      result: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
      dependencyLevels: new Map([
        ['SLSA_BUILD_LEVEL_3', 5],
        ['SLSA_BUILD_LEVEL_2', 7],
        ['SLSA_BUILD_LEVEL_1', 1],
      ]),
      slsaVersion: '1.0',
    },
  );
});
