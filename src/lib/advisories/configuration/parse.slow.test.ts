import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { parseAdvisoriesConfiguration } from './index.ts';

evidence('advisories/command', 'self-made', 'configurations of the test');

const capabilities = { gives: ['advisories'], incremental: false, verified: 'nothing' } as const;
const PROVIDERS = [
  { id: 'osv', capabilities: { ...capabilities, home: 'https://osv.example' } },
  { id: 'kev', capabilities: { ...capabilities, home: 'https://kev.example/feed', verified: 'signature' as const } },
];
const HEAD = 'apiVersion: plimsoll.dev/v1\nkind: Advisories\n';
const WHOLE = `${HEAD}maxAge: 12h
sources:
  - { provider: osv, folder: feeds/debian, ecosystems: [Debian, Alpine] }
  - { provider: osv, url: "https://mirror.example/osv?key=1" }
  - { provider: kev }
`;

const parse = (text: string | Uint8Array) => parseAdvisoriesConfiguration(text, '/etc/plimsoll/a.yaml', PROVIDERS);

it('a configuration says places in full: folders from the file, the provider itself where none is named', () => {
  assert.deepEqual(parse(WHOLE), {
    sources: [
      { provider: 'osv', place: '/etc/plimsoll/feeds/debian', ecosystems: ['Debian', 'Alpine'] },
      { provider: 'osv', place: 'https://mirror.example/osv?key=1', ecosystems: null },
      { provider: 'kev', place: 'https://kev.example/feed', ecosystems: null },
    ],
    maxAgeMs: 12 * 3_600_000,
  });
  assert.equal(parse(`${HEAD}sources: [{ provider: kev }]`).maxAgeMs, null);
  const { sources } = parse(`${HEAD}sources: [{ provider: kev, key: keys/kev.asc }]`);
  assert.equal(sources[0]?.key, '/etc/plimsoll/keys/kev.asc');
});

describe('a configuration of advisories is refused', () => {
  const cases: readonly (readonly [what: string, text: string | Uint8Array, problem: RegExp])[] = [
    ['empty', '', /a\.yaml, line 1/],
    ['of another kind', WHOLE.replace('Advisories', 'Trust'), /line 2, kind: .*"Advisories", found "Trust"/],
    ['of another version', WHOLE.replace('/v1', '/v2'), /line 1, apiVersion: .*found "plimsoll\.dev\/v2"/],
    ['with an unknown member', `${WHOLE}mirror: x\n`, /line 8: .*a key that there is, found "mirror"/],
    [
      'with an unknown member of a source',
      WHOLE.replace('{ provider: kev }', '{ provider: kev, path: x }'),
      /line 7, sources > \[2\]: .*a key that there is, found "path"/,
    ],
    [
      'with an unknown provider',
      WHOLE.replace('provider: kev', 'provider: vek'),
      /line 7, sources > \[2\] > provider: .*expected one of "osv"\|"kev", found "vek"/,
    ],
    ['with the name of an object member for a provider', WHOLE.replace('kev', 'constructor'), /one of "osv"\|"kev"/],
    [
      'with a URL and a folder',
      WHOLE.replace('provider: kev', 'provider: kev, url: "https://x.example", folder: x'),
      /line 7, sources > \[2\] > folder: .*url or folder, not both/,
    ],
    ['with another scheme', WHOLE.replace('https:', 'ftp:'), /line 6, .* url: .*begins with https:\/\/ or http:\/\//],
    ['with a URL for a folder', WHOLE.replace('feeds/debian', '"https://x"'), /line 5, .*folder: .*url is for/],
    [
      'with a path for an ecosystem',
      WHOLE.replace('[Debian', '[../x'),
      /line 5, .*ecosystems > \[0\]: .*without release/,
    ],
    [
      'with a key for a feed that is not signed',
      WHOLE.replace('{ provider: osv, folder', '{ provider: osv, key: k, folder'),
      /line 5, sources > \[0\] > key: .*only where documents are signed \(kev\), found one for "osv"/,
    ],
    ['without sources', `${HEAD}sources: []\n`, /line 3, sources: .*at least one source/],
    ['with an age of nothing', WHOLE.replace('12h', '0h'), /line 3, maxAge: .*a duration such as 12h/],
    ['with a key twice', `${WHOLE}maxAge: 1h\n`, /line 8: .*every key once/],
    [
      'with two sources for all of one provider',
      `${WHOLE}  - { provider: osv }\n`,
      /line 8, sources > \[3\]: .*found another source for all of "osv"/,
    ],
    [
      'with two sources for one ecosystem of a provider',
      WHOLE.replace('osv, url: "https://mirror.example/osv?key=1"', 'osv, ecosystems: [npm, Alpine]'),
      /line 6, sources > \[1\]: .*found "Alpine" again/,
    ],
    ['in another encoding', new Uint8Array([0xff, 0xfe, 0x61]), /text in UTF-8/],
  ];
  for (const [what, text, problem] of cases) {
    it(what, () => {
      assert.throws(() => parse(text), { code: 'ADVISORIES_CONFIGURATION_INVALID', message: problem });
    });
  }

  it('when it is too large', () => {
    const text = `${WHOLE}#${' '.repeat(LIMITS.advisoriesConfigurationBytes)}`;
    assert.throws(() => parse(text), { code: 'LIMIT_EXCEEDED' });
  });
});

it('whatever is changed in a configuration, it is read or refused by an error of ours', () => {
  fc.assert(
    fc.property(
      fc.nat(WHOLE.length),
      fc.nat(20),
      fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('\n', ': ', '- ', '{', '[', '&a', '*a', '__proto__: 1')),
      (at, cut, text) => {
        try {
          const { sources } = parse(WHOLE.slice(0, at) + text + WHOLE.slice(at + cut));
          assert.ok(sources.length > 0 && sources.every(({ place }) => /^(\/|https?:\/\/)/.test(place)));
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      },
    ),
    { numRuns: 1000 },
  );
});
