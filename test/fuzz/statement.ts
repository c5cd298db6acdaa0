import assert from 'node:assert/strict';
import { parseStrictJson } from '#base/json/strict.ts';
import { readPredicate } from '#lib/trust/attestations/predicates/list.ts';
import { parseStatement } from '#lib/trust/attestations/statement.ts';
import { readDsse } from '#lib/trust/envelopes/dsse.ts';
import { publishedFiles, signedBlobs } from '#test/fixtures/fuzz-seeds.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

interface StatementJson {
  readonly predicateType: string;
  readonly subject: readonly { readonly digest: Readonly<Record<string, string>> }[];
}

/** In-toto statements and their predicates: subjects and type are what the JSON says. */
export const statement: FuzzTarget = {
  id: 'statement',
  seeds: () => [
    ...signedBlobs('application/vnd.dsse.envelope.v1+json')
      .map((envelope) => readDsse(parseStrictJson(envelope, 'seed'), 'seed').payload)
      .filter(({ length }) => length < 32 * 1024),
    ...publishedFiles('intoto/in-toto-attestation', /\.json$/),
    ...publishedFiles('intoto/slsa', /\.json$/),
  ],
  maxMillis: 200,
  dictionary: [
    'https://in-toto.io/Statement/v1',
    'https://slsa.dev/provenance/v1',
    'https://slsa.dev/provenance/v0.2',
    'https://slsa.dev/verification_summary/v1',
    'https://spdx.dev/Document',
    'https://cyclonedx.org/bom',
    'https://openvex.dev/ns',
    'https://cosign.sigstore.dev/attestation/vuln/v1',
    'https://in-toto.io/attestation/test-result/v0.1',
    '"__proto__":',
  ],
  mutate: mutateStructure,
  run: (input) => {
    const { subjects, predicateType, predicate } = parseStatement(input, 'input');
    invariant('subjects and type are what the JSON says', () => {
      const json = JSON.parse(Buffer.from(input).toString('utf8')) as StatementJson;
      assert.equal(predicateType, json.predicateType);
      assert.deepEqual(
        subjects.map(({ digest }) => [...digest]),
        json.subject.map(({ digest }) => Object.entries(digest)),
      );
    });
    readPredicate(predicate, predicateType, 'input');
  },
};
