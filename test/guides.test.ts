import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { z } from 'zod';
import { advisoriesDocument, parseAdvisoriesConfiguration } from '#lib/advisories/configuration/index.ts';
import { advisoryProviders } from '#lib/advisories/index.ts';
import { DOCUMENT_SCHEMAS } from '#lib/policy/documents/schema.ts';
import { checkPolicies, policySet, readPolicyFiles, runPolicyTests, shippedDocuments } from '#lib/policy/index.ts';
import { loadTrustConfiguration } from '#lib/trust/index.ts';
import { wrongInRequest } from './fixtures/shown-requests.ts';
import { rootFile, signerFile, TRUSTED_ROOT_FILE } from './fixtures/signed/index.ts';
import { data, missing } from './prerequisites.ts';

const root = resolve(import.meta.dirname, '..');
/** The guides that show trust configurations, documents of policy, command lines or requests, and how many at least. */
const GUIDES = [
  { name: 'acquire', configurations: 1, policies: 4, commands: 15, requests: 0 },
  { name: 'advisories', configurations: 1, policies: 0, commands: 10, requests: 0 },
  { name: 'catalog', configurations: 0, policies: 0, commands: 10, requests: 10 },
  { name: 'evidence', configurations: 1, policies: 0, commands: 2, requests: 0 },
  { name: 'trust', configurations: 5, policies: 0, commands: 8, requests: 0 },
  { name: 'key-rotation', configurations: 1, policies: 0, commands: 1, requests: 0 },
  { name: 'policy', configurations: 0, policies: 1, commands: 6, requests: 0 },
  { name: 'documents', configurations: 0, policies: 2, commands: 9, requests: 0 },
  { name: 'signing', configurations: 0, policies: 0, commands: 5, requests: 0 },
];
/** The first line of a block of `plimsoll.yaml`. */
const SERVER_FILE = '# plimsoll.yaml\n';
const KEYS = ['p256', 'p256-second', 'p384', 'rsa2048', 'ed25519'] as const;

/** Files of fixtures under the names of the guide, every key another one. */
function stubs(): (path: string) => Promise<Uint8Array> {
  const keys = new Map<string, string>();
  return (path) => {
    const name = basename(path);
    const key = keys.get(name) ?? signerFile(KEYS[keys.size] ?? 'p256');
    if (name.endsWith('.pub')) {
      keys.set(name, key);
      return Promise.resolve(readFileSync(key));
    }
    const file = {
      'trusted_root.json': TRUSTED_ROOT_FILE,
      'vendor-ca.pem': rootFile('notary-p256'),
      'tsa-root.pem': rootFile('timestamp-authority'),
      'timestamp-chain.pem': rootFile('timestamp-authority'),
      'vendor.crl': data('spec/notation/crl/crlWithMultipleFreshestCRLs.crl'),
    }[name];
    return file === undefined ? Promise.reject(new Error(`no stub for ${name}`)) : Promise.resolve(readFileSync(file));
  };
}

const NO_FILES = {
  facts: (path: string) => Promise.reject(new Error(path)),
  report: (path: string) => Promise.reject(new Error(path)),
};

const helpOf = new Map<string, string>();

/** What `plimsoll COMMAND --help` says. */
function help(command: string): string {
  const known = helpOf.get(command);
  if (known !== undefined) {
    return known;
  }
  const { status, stdout } = spawnSync(resolve(root, 'bin/plimsoll'), [command, '--help'], { encoding: 'utf8' });
  assert.equal(status, 0, command);
  helpOf.set(command, stdout);
  return stdout;
}

for (const { name, configurations, policies: documentsShown, commands, requests } of GUIDES) {
  describe(`the guide ${name}`, () => {
    const guide = readFileSync(resolve(root, `docs/guides/${name}.md`), 'utf8');
    const yaml = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    const sources = yaml.filter((text) => text.includes('kind: Advisories'));
    const policies = yaml.filter((text) => /^kind: (?:Policy|Environment|Exception|Source|PolicyTest)$/m.test(text));
    const servers = yaml.filter((text) => text.startsWith(SERVER_FILE));
    const others = [sources, policies, servers].flat();
    const blocks = yaml.filter((text) => !others.includes(text));
    const lines = [...guide.replaceAll(/ \\\n */g, ' ').matchAll(/^ {4}(\w+) (.*)$/gm)];

    const schema = JSON.parse(readFileSync(resolve(root, 'docs/reference/trust.schema.json'), 'utf8')) as object;
    const validate = new Ajv2020({ strict: true, logger: false, formats: { 'date-time': true } }).compile(schema);

    it('shows configurations that load, and that the published schema takes', {
      skip: missing('shared-data'),
    }, async () => {
      assert.ok(blocks.length >= configurations);
      for (const [index, text] of blocks.entries()) {
        const { rules } = await loadTrustConfiguration(text, `/guide/block-${index + 1}.yaml`, stubs());
        assert.ok(rules.length > 0);
        assert.ok(validate(parse(text)), JSON.stringify(validate.errors));
      }
    });

    it('shows sources of advisories that load, and that their schema takes', () => {
      const ids = advisoryProviders.map(({ id }) => id);
      const takes = new Ajv2020({ strict: true, logger: false }).compile(z.toJSONSchema(advisoriesDocument(ids)));
      for (const text of sources) {
        const { sources: read } = parseAdvisoriesConfiguration(text, '/guide/advisories.yaml', advisoryProviders);
        assert.ok(read.length > 0);
        assert.ok(takes(parse(text)), JSON.stringify(takes.errors));
      }
      assert.equal(sources.length, name === 'advisories' ? 1 : 0);
    });

    it('shows policies in which nothing is wrong, and that their schemas take', async () => {
      const cases = policies.filter((text) => /^kind: PolicyTest$/m.test(text));
      const documents = policies.filter((text) => !cases.includes(text));
      const bytes = Buffer.from(documents.join('---\n'));
      const folder = documents.length === 0 ? [] : [{ path: 'guide.yaml', bytes }];
      const options = { shipped: await shippedDocuments(), now: Date.parse('2100-01-11T00:00:00Z') };
      assert.deepEqual(checkPolicies(readPolicyFiles(folder), options), []);
      for (const text of documents) {
        const data = parse(text) as { readonly kind: keyof typeof DOCUMENT_SCHEMAS };
        const taken = new Ajv2020({
          strict: true,
          logger: false,
          allowUnionTypes: true,
          formats: { 'date-time': true },
        }).compile(z.toJSONSchema(DOCUMENT_SCHEMAS[data.kind], { io: 'input' }));
        assert.ok(taken(data), JSON.stringify(taken.errors));
      }
      for (const text of cases) {
        const set = policySet(readPolicyFiles(folder).documents);
        const { cases: results } = await runPolicyTests(set, [{ path: 'guide.test.yaml', text }], NO_FILES);
        assert.deepEqual(
          results.flatMap(({ failures }) => failures),
          [],
        );
      }
      assert.ok(documents.length >= documentsShown);
    });

    it('shows configurations of servers that the published schema takes', () => {
      const text = readFileSync(resolve(root, 'docs/reference/plimsoll-yaml.schema.json'), 'utf8');
      const takes = new Ajv2020({ strict: true, logger: false, allowUnionTypes: true }).compile(
        JSON.parse(text) as object,
      );
      for (const server of servers) {
        assert.ok(takes(parse(server)), JSON.stringify(takes.errors));
      }
    });

    it('shows requests that the API takes', () => {
      const shown = lines.filter(([, program]) => program === 'curl').map(([, , line = '']) => line);
      assert.ok(shown.length >= requests);
      for (const line of shown) {
        assert.equal(wrongInRequest(line), null, line);
      }
    });

    it('shows command lines whose commands and options there are', () => {
      const shown = lines.filter(([, program]) => program === 'plimsoll').map(([, , line = '']) => line);
      assert.ok(shown.length >= commands);
      for (const line of shown) {
        const [command = '', ...words] = line.split(' ');
        const options = words.filter((word) => word.startsWith('-')).map((word) => word.replace(/=.*/, ''));
        for (const option of options) {
          assert.match(help(command), new RegExp(`^ .*(^|[ ,])${option}[ ,]`, 'm'), `${option} of ${line}`);
        }
      }
    });
  });
}
