import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { loadTrustConfiguration } from '#lib/trust/index.ts';
import { rootFile, signerFile, TRUSTED_ROOT_FILE } from './fixtures/signed/index.ts';
import { data, missing } from './prerequisites.ts';

const root = resolve(import.meta.dirname, '..');
/** The guides that show trust configurations or command lines, and how many at least. */
const GUIDES = [
  { name: 'evidence', configurations: 1, commands: 2 },
  { name: 'trust', configurations: 5, commands: 8 },
  { name: 'key-rotation', configurations: 1, commands: 1 },
  { name: 'signing', configurations: 0, commands: 5 },
];
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

for (const { name, configurations, commands } of GUIDES) {
  describe(`the guide ${name}`, () => {
    const guide = readFileSync(resolve(root, `docs/guides/${name}.md`), 'utf8');
    const blocks = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

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

    it('shows command lines whose commands and options there are', () => {
      const lines = [...guide.replaceAll(/ \\\n */g, ' ').matchAll(/^ {4}plimsoll (.*)$/gm)].map(
        ([, line = '']) => line,
      );
      assert.ok(lines.length >= commands);
      for (const line of lines) {
        const [command = '', ...words] = line.split(' ');
        const help = spawnSync(resolve(root, 'bin/plimsoll'), [command, '--help'], { encoding: 'utf8' });
        assert.equal(help.status, 0, line);
        const options = words.filter((word) => word.startsWith('-')).map((word) => word.replace(/=.*/, ''));
        for (const option of options) {
          assert.match(help.stdout, new RegExp(`^ .*(^|[ ,])${option}[ ,]`, 'm'), `${option} of ${line}`);
        }
      }
    });
  });
}
