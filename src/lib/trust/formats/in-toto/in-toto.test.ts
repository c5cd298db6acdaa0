import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Attachment, AttachmentBlob, AttachmentRoute } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { parseStatement } from '../../attestations/statement.ts';
import { buildkitAttestation } from '../buildkit-attestation/index.ts';
import { evidenceFormatContract } from '../contract.ts';
import { inToto } from './index.ts';

evidence('trust/formats-in-toto', 'published', 'statements of the in-toto and SLSA specifications as layers');
evidence(
  'trust/formats-in-toto',
  'self-made',
  'layers of other types, envelopes among them, layers that were not read',
);

const STATEMENT = JSON.stringify({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ digest: { sha256: 'a'.repeat(64) } }],
  predicateType: 'https://example.com/review/v1',
  predicate: { approved: true },
});
const STATEMENT_TYPE = 'application/vnd.in-toto+json';
const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';

function layer(mediaType: string, text: string | null): AttachmentBlob {
  const content = text === null ? null : Buffer.from(text);
  return {
    mediaType,
    digest: digestOf(text ?? ''),
    size: text?.length ?? 0,
    annotations: new Map(),
    content,
    reason: text === null ? 'larger than the limit' : null,
  };
}

function attachmentOf(blobs: readonly AttachmentBlob[], route: AttachmentRoute = 'referrers'): Attachment {
  return {
    subject: digestOf('image'),
    route,
    digest: digestOf('manifest'),
    size: 100,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: STATEMENT_TYPE,
    annotations: new Map(),
    declaredSubject: null,
    blobs,
  };
}

evidenceFormatContract(inToto, { example: attachmentOf([layer(STATEMENT_TYPE, STATEMENT)]) });
evidenceFormatContract(buildkitAttestation, {
  example: attachmentOf([layer(STATEMENT_TYPE, STATEMENT)], 'index-entry'),
});

test('a manifest belongs to it by the types of its layers and the way it was found', () => {
  const bare = layer(STATEMENT_TYPE, STATEMENT);
  const cases: readonly (readonly [readonly AttachmentBlob[], AttachmentRoute, boolean, boolean])[] = [
    [[bare], 'referrers', true, false],
    [[bare], 'fallback-tag', true, false],
    [[bare], 'attestation-tag', true, false],
    [[bare], 'index-entry', false, true],
    [[layer('application/vnd.in-toto.spdx+json', STATEMENT)], 'referrers', true, false],
    [[layer(ENVELOPE_TYPE, '{}')], 'referrers', false, false],
    [[bare, layer(ENVELOPE_TYPE, '{}')], 'referrers', false, false],
    [[bare, layer(ENVELOPE_TYPE, '{}')], 'index-entry', false, false],
    [[layer('application/spdx+json', STATEMENT)], 'referrers', false, false],
    [[], 'referrers', false, false],
  ];
  for (const [blobs, route, isInToto, isBuildkit] of cases) {
    const attachment = attachmentOf(blobs, route);
    const label = `${blobs.map((blob) => blob.mediaType).join(' ')} ${route}`;
    assert.equal(inToto.recognises(attachment), isInToto, label);
    assert.equal(buildkitAttestation.recognises(attachment), isBuildkit, label);
  }
});

test('each statement is content without a signature', () => {
  const attachment = attachmentOf([layer(STATEMENT_TYPE, STATEMENT), layer(STATEMENT_TYPE, `${STATEMENT} `)]);
  const { contents, failures } = inToto.read(attachment);
  assert.deepEqual(failures, []);
  assert.deepEqual(
    contents.map(({ format, signatures, content }) => [format, signatures, Buffer.from(content.bytes).toString()]),
    [
      ['in-toto', [], STATEMENT],
      ['in-toto', [], `${STATEMENT} `],
    ],
  );
});

test('the predicate type that an annotation names counts for nothing', () => {
  const blob = layer(STATEMENT_TYPE, STATEMENT);
  const annotations = new Map([['in-toto.io/predicate-type', 'https://slsa.dev/verification_summary/v1']]);
  const [content] = inToto.read(attachmentOf([{ ...blob, annotations }])).contents;
  assert.ok(content !== undefined);
  assert.equal(parseStatement(content.content.bytes, 'x').predicateType, 'https://example.com/review/v1');
});

test('what cannot be read is a failure of its own and hides nothing', () => {
  const envelope = '{"payloadType": "application/vnd.in-toto+json", "payload": "e30=", "signatures": []}';
  const attachment = attachmentOf([
    layer(STATEMENT_TYPE, envelope),
    layer(STATEMENT_TYPE, null),
    layer('text/plain', 'x'),
    layer(STATEMENT_TYPE, '{'),
    layer(STATEMENT_TYPE, STATEMENT),
  ]);
  const { contents, failures } = inToto.read(attachment);
  assert.equal(contents.length, 1);
  assert.deepEqual(
    failures.map((failure) => failure.object.slice(0, 'layer 1'.length)),
    ['layer 1', 'layer 2', 'layer 3', 'layer 4'],
  );
  assert.match(failures[0]?.reason ?? '', /"_type"/);
  assert.match(failures[1]?.reason ?? '', /layer 2 of manifest sha256:.*larger than the limit/);
  assert.equal(failures[3]?.code, 'JSON_INVALID');
});

test('published statements are content as layers', { skip: missing('shared-data') }, () => {
  const names = [
    'in-toto-attestation/predicates-reference-01.json',
    'in-toto-attestation/predicates-test-result-01.json',
    'slsa/source-requirements-01.json',
    'slsa/provenance-v1-github-actions-workflow.json',
  ];
  const texts = names.map((name) => readFileSync(data(`spec/intoto/${name}`), 'utf8'));
  const { contents, failures } = inToto.read(attachmentOf(texts.map((text) => layer(STATEMENT_TYPE, text))));
  assert.deepEqual(failures, []);
  assert.deepEqual(
    contents.map(({ content, signatures }) => [Buffer.from(content.bytes).toString(), signatures.length]),
    texts.map((text) => [text, 0]),
  );
});
