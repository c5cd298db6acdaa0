import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { missing } from '#test/prerequisites.ts';
import { SettingsError } from './error.ts';
import { parseRegistriesFile } from './file.ts';
import { type RegistrySettings, registrySettings } from './index.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

evidence('oci/registry-certificates', 'real tool', 'openssl makes the certificates and keys that are read');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-settings-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const root = resolve(import.meta.dirname, '../../../..');

async function settingsFor(registry: string, text: string): Promise<RegistrySettings> {
  const registries = { file: join(folder, 'registries.yaml'), text };
  return await registrySettings(sourceAccess({ registries }), registry);
}

function fails(problem: RegExp, code: SettingsError['code'] = 'REGISTRIES_FILE_INVALID') {
  return (error: unknown): boolean => {
    assert.ok(error instanceof SettingsError && error.code === code, String(error));
    assert.match(error.message, problem);
    return true;
  };
}

/** `  key: value` lines below one registry. */
function entry(...lines: readonly string[]): string {
  return ['registries:', '  r.example:', ...lines.map((line) => `    ${line}`)].join('\n');
}

describe('the registries file', () => {
  const refused: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
    [
      'a key that there is not',
      entry('tsl: none'),
      /^f\.yaml, line 3, registries > r\.example: .*a key that there is, found "tsl"/,
    ],
    [
      'a value that there is not',
      entry('ca: x.pem', 'tls: off'),
      /^f\.yaml, line 4, registries > r\.example > tls: .*"required"\|"unverified"\|"none", found "off"/,
    ],
    [
      'a key twice',
      entry('tls: none', 'tls: required'),
      /^f\.yaml, line 4: .*every key once, found "tls: required" again/,
    ],
    ['a registry twice', 'registries:\n  a.b: {}\n  a.b: {}', /^f\.yaml, line 3: .*every key once/],
    [
      'another name of Docker Hub',
      'registries:\n  index.docker.io: {}',
      /^f\.yaml, line 2, registries: .*found "index\.docker\.io"/,
    ],
    ['capital letters', 'registries:\n  A.example: {}', /found "A\.example"/],
    [
      'a URL as registry',
      'registries:\n  "https://a.example": {}',
      /expected a registry such as .*found "https:\/\/a\.example"/,
    ],
    ['a wildcard in the middle', 'registries:\n  "a.*.example": {}', /found "a\.\*\.example"/],
    ['a wildcard of everything', 'registries:\n  "*.com": {}', /found "\*\.com"/],
    ['a key that is a number', 'registries:\n  5000: {}', /line 2: .*expected keys that are texts, found "5000"/],
    ['__proto__', 'registries:\n  __proto__: {tls: none}', /line 2: .*expected keys that are texts, found "__proto__"/],
    ['a merge key', 'registries:\n  <<: {a.b: {}}', /found "<<"/],
    [
      'a mirror with a scheme',
      entry('mirrors:', '  - ok.example', '  - https://m.example'),
      /^f\.yaml, line 5, registries > r\.example > mirrors > \[1\]: .*found "https:\/\/m\.example"/,
    ],
    ['a mirror with a tag', entry('mirrors: [m.example/hub:latest]'), /line 3, .*mirror\.example:5000\/prefix/],
    [
      'a token realm with a path',
      entry('token-realms: ["https://a.example/token"]'),
      /token-realms > \[0\]: .*https:\/\/auth\.example, found/,
    ],
    ['a token realm of another scheme', entry('token-realms: ["ftp://a.example"]'), /token-realms > \[0\]/],
    ['a list as registries', 'registries: []', /line 1, registries: .*found a list/],
    ['a text', 'hello', /line 1: .*expected object, found "hello"/],
    [
      'ca without verification',
      entry('tls: unverified', 'ca: x.pem'),
      /line 4, .* > ca: .*no ca beside tls: unverified/,
    ],
    ['a certificate without its key', entry('client-certificate: x.pem'), /client-certificate: .*together/],
    ['a key without its certificate', entry('client-key: x.pem'), /client-key: .*together/],
    [
      'a certificate without TLS',
      entry('tls: none', 'client-key: k', 'client-certificate: c'),
      /line 5, .*no client-certificate beside tls: none/,
    ],
    ['a tag', 'registries: !!js/function x', /line 1: .*Unresolved tag/],
    ['two documents', 'registries: {}\n---\nregistries: {}', /multiple documents/],
    ['an open bracket', 'registries: {', /line 1: .*valid YAML/],
    [
      'aliases of aliases',
      `registries:\n  a: &a [${'x,'.repeat(9)}]\n  b: &b [${'*a,'.repeat(9)}]\n  c: [${'*b,'.repeat(9)}]`,
      /expected at most 16 aliases/,
    ],
    ['brackets without end', '['.repeat(50_000), /valid YAML|few levels/],
    ['keys with line breaks', 'registries:\n  "a\\nb":\n    x: y', /line 2, registries: .*found "a\\nb"/],
  ];
  for (const [what, text, problem] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => parseRegistriesFile(text, 'f.yaml'), fails(problem)));
  }

  it('may be empty, and share entries', () => {
    assert.deepEqual(parseRegistriesFile('', 'f.yaml'), { registries: {} });
    assert.deepEqual(parseRegistriesFile('# nothing yet\n', 'f.yaml'), { registries: {} });
    assert.deepEqual(parseRegistriesFile('registries: {a.b: &x {tls: none}, c.d: *x}', 'f.yaml').registries, {
      'a.b': { tls: 'none' },
      'c.d': { tls: 'none' },
    });
  });

  it('has a largest size', () => {
    const text = `#${' '.repeat(LIMITS.registriesFileBytes)}`;
    assert.throws(() => parseRegistriesFile(text, 'f.yaml'), { code: 'LIMIT_EXCEEDED' });
  });

  it('of any content is read or refused', () => {
    const words = fc.constantFrom(
      'registries',
      ':',
      ' ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      'a.b',
      '"',
      '*',
      '&x',
      '*x',
      'tls',
      'none',
      '|',
      '#',
      '?',
      '%',
      '!',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            parseRegistriesFile(text, 'f.yaml');
          } catch (error) {
            assert.ok(isAppError(error), String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is described by its schema and its guide', () => {
    const guide = readFileSync(join(root, 'docs/guides/registries.md'), 'utf8');
    const examples = [...guide.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
    assert.equal(examples.length, 1);
    const schema = JSON.parse(readFileSync(join(root, 'docs/reference/registries.schema.json'), 'utf8')) as object;
    const validate = new Ajv2020({ strict: true, logger: false }).compile(schema);
    for (const text of examples) {
      assert.ok(Object.keys(parseRegistriesFile(text, 'guide').registries).length >= 4);
      assert.equal(validate(parseYaml(text)), true);
    }
    assert.equal(validate(parseYaml(entry('tsl: none'))), false);
  });
});

describe('the settings of a registry', () => {
  it('are the same for all when there is no file', async () => {
    assert.deepEqual(await registrySettings(sourceAccess(), 'docker.io'), DEFAULT_SETTINGS);
    assert.deepEqual(await settingsFor('docker.io', 'registries: {}'), DEFAULT_SETTINGS);
  });

  const text = `registries:
  "*.corp.example": {tls: unverified}
  "*.lab.corp.example": {tls: none}
  exact.corp.example: {tls: required}
  "*.corp.example:5000": {tls: none}
  docker.io: {token-realms: ["https://auth.example"]}
`;
  const cases: readonly (readonly [registry: string, tls: RegistrySettings['tls'], isDefault: boolean])[] = [
    ['a.corp.example', 'unverified', false],
    ['a.b.corp.example', 'unverified', false],
    ['A.Corp.Example', 'unverified', false],
    ['a.lab.corp.example', 'none', false],
    ['exact.corp.example', 'required', false],
    ['a.corp.example:5000', 'none', false],
    ['a.corp.example:5001', 'required', true],
    ['corp.example', 'required', true],
    ['xcorp.example', 'required', true],
    ['docker.io', 'required', true],
  ];
  for (const [registry, tls, isDefault] of cases) {
    it(`are found for ${registry}`, async () => {
      const settings = await settingsFor(registry, text);
      assert.deepEqual([settings.tls, settings.tlsIsDefault], [tls, isDefault]);
    });
  }

  it('name mirrors, each with settings of its own', async () => {
    const { mirrors, tokenRealms } = await settingsFor(
      'docker.io',
      `registries:
  docker.io: {mirrors: [plain.example:5000/hub/x, mirror.example], token-realms: ["https://auth.example"]}
  plain.example:5000: {tls: none, mirrors: [docker.io]}
`,
    );
    assert.deepEqual(tokenRealms, ['https://auth.example']);
    assert.deepEqual(
      mirrors.map(({ endpoint, settings }) => [endpoint.href, settings]),
      [
        ['http://plain.example:5000/hub/x', { ...DEFAULT_SETTINGS, tls: 'none', tlsIsDefault: false }],
        ['https://mirror.example/', DEFAULT_SETTINGS],
      ],
    );
  });

  it('hold certificates that fit their key', { skip: missing('openssl') }, async () => {
    const make = (name: string): void => {
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}-key.pem`];
      const options = ['req', '-x509', ...key, '-out', `${name}.pem`, '-subj', `/CN=${name}`, '-days', '2'];
      execFileSync('openssl', options, { cwd: folder, stdio: 'ignore' });
    };
    make('one');
    make('two');
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, 'both.pem'), `text before\n${read('one.pem')}${read('two.pem')}`);
    const pair = ['client-certificate: one.pem', `client-key: ${join(folder, 'one-key.pem')}`];
    const settings = await settingsFor('r.example', entry('ca: both.pem', ...pair));
    assert.equal(settings.ca, read('both.pem'));
    assert.deepEqual(settings.clientCertificate, { certificate: read('one.pem'), key: read('one-key.pem') });

    writeFileSync(join(folder, 'cut.pem'), read('one.pem').slice(0, 100));
    const invalid: readonly (readonly [lines: readonly string[], problem: RegExp])[] = [
      [['ca: absent.pem'], /absent\.pem \(named by .*registries\.yaml, r\.example > ca\): .*a file that can be read/],
      [['ca: one-key.pem'], /expected certificates in PEM, found none/],
      [['ca: cut.pem'], /expected certificates in PEM, found in number 1/],
      [
        ['client-certificate: one.pem', 'client-key: two-key.pem'],
        /expected the private key of the certificate in .*one\.pem, found another key/,
      ],
      [['client-certificate: one.pem', 'client-key: one.pem'], /expected a private key in PEM without a passphrase/],
    ];
    for (const [lines, problem] of invalid) {
      await assert.rejects(settingsFor('r.example', entry(...lines)), fails(problem, 'REGISTRY_CERTIFICATE_INVALID'));
    }
    // Another registry's files are not read.
    assert.equal((await settingsFor('other.example', entry('ca: absent.pem'))).ca, null);
  });
});
