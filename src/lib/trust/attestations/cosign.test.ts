import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Digest } from '#base/digest.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { SIGNED_FIXTURES, type SignedFixture, SUBJECTS, signedLayout } from '#test/fixtures/signed/index.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { readPredicate } from './predicates/list.ts';
import { parseSimpleSigning } from './simple-signing.ts';
import { parseStatement } from './statement.ts';
import { bindSubject, type SignedSubject } from './subject.ts';

evidence('trust/simple-signing', 'real tool', 'signatures of cosign 2 and 3');
evidence('trust/statements', 'real tool', 'attestations and signatures of cosign 2 and 3');
evidence('trust/subject-binding', 'real tool', 'signatures and attestations of cosign 2 and 3, on images and indexes');
evidence('trust/predicates-vulnerabilities', 'real tool', 'a report that cosign 2 and 3 wrote into their predicate');
evidence('trust/predicates-signature', 'real tool', 'signatures of cosign 2 and 3 in bundles');

interface SignedJson {
  readonly dsseEnvelope?: { readonly payload: string };
  readonly payload?: string;
  readonly critical?: unknown;
}

interface Payload {
  readonly content: SignedSubject;
  readonly predicateType: string | null;
}

/** The signed payloads in the blobs of a layout, whatever hangs them on which image. */
function payloadsOf(fixture: SignedFixture): readonly Payload[] {
  const folder = join(signedLayout(fixture.id), 'blobs/sha256');
  return readdirSync(folder).flatMap((name): readonly Payload[] => {
    const bytes = readFileSync(join(folder, name));
    const json = bytes[0] === 0x7b ? (JSON.parse(bytes.toString()) as SignedJson) : {};
    if (json.critical !== undefined) {
      return [{ content: { kind: 'simple-signing', payload: parseSimpleSigning(bytes, name) }, predicateType: null }];
    }
    const payload = json.dsseEnvelope?.payload ?? json.payload;
    if (payload === undefined) {
      return [];
    }
    const statement = parseStatement(decodeBase64(payload, name), name);
    return [{ content: { kind: 'statement', statement }, predicateType: statement.predicateType }];
  });
}

function subject(digest: Digest, kind: EvidenceSubject['kind'] = 'manifest'): EvidenceSubject {
  const children = kind === 'index' ? [SUBJECTS.amd64, SUBJECTS.arm64] : [];
  return { kind, digest, mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 1, platform: null, children };
}

const COSIGN = SIGNED_FIXTURES.filter((fixture) => fixture.tool === 'cosign');

test('every payload of cosign is about the image that it was made for, and about no other', (t) => {
  let bound = 0;
  let refused = 0;
  for (const fixture of COSIGN) {
    const found: string[] = [];
    for (const { content, predicateType } of payloadsOf(fixture)) {
      for (const digest of Object.values(SUBJECTS)) {
        const target = subject(digest, digest === SUBJECTS.index ? 'index' : 'manifest');
        try {
          assert.deepEqual(bindSubject(content, target, fixture.id).digest, digest);
          found.push(`${digest} ${predicateType}`);
          bound += 1;
        } catch (error) {
          assert.equal((error as { code?: unknown }).code, 'SUBJECT_MISMATCH');
          refused += 1;
        }
      }
    }
    // Two signatures by different keys are over one payload where it is a blob of its own.
    const expected = new Set(fixture.signatures.map((signature) => `${signature.subject} ${signature.predicateType}`));
    assert.deepEqual(new Set(found), expected, fixture.id);
  }
  assert.ok(bound >= 30 && refused === 2 * bound);
  t.diagnostic(`${bound} accepted, ${refused} refused as about another image`);
});

test('the predicates that cosign attests are read, whichever version wrote them', () => {
  for (const id of ['cosign2-attestations', 'cosign3-attestations']) {
    const fixture = COSIGN.find((candidate) => candidate.id === id);
    assert.ok(fixture !== undefined);
    const kinds = payloadsOf(fixture).map(({ content }) => {
      assert.ok(content.kind === 'statement');
      const { predicate, predicateType } = content.statement;
      const read = readPredicate(predicate, predicateType, id);
      if (read.kind === 'provenance' && read.version === '1') {
        assert.equal(read.builderId, 'https://build.example/builder/v2');
        assert.equal(read.invocationId, 'run-1');
      }
      if (read.kind === 'vulnerabilities') {
        assert.equal(read.scanner.uri, 'https://scanner.example');
        assert.equal(read.finishedOn, Date.UTC(2026, 0, 1, 0, 0, 1));
        // The result is in the words of a scanner that nobody knows: not the same as nothing found.
        assert.equal(read.vulnerabilities, null);
      }
      return read.kind;
    });
    assert.deepEqual(kinds.toSorted(), ['provenance', 'provenance', 'sbom', 'sbom', 'vex', 'vulnerabilities']);
  }
});

test('a signature in a bundle is a statement that says nothing else', () => {
  const fixtures = COSIGN.filter((fixture) => fixture.signatures.some((item) => item.form === 'sigstore-bundle'));
  const kinds = fixtures
    .filter((fixture) => !fixture.id.endsWith('attestations'))
    .flatMap(payloadsOf)
    .flatMap(({ content }) => {
      return content.kind === 'statement'
        ? [readPredicate(content.statement.predicate, content.statement.predicateType, 'bundle').kind]
        : [];
    });
  assert.ok(kinds.length >= 10);
  assert.deepEqual(new Set(kinds), new Set(['signature']));
});
