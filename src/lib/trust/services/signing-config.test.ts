import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { servicesOfConfig } from './signing-config.ts';

evidence('trust/signing-config', 'published', "the public good instance's own, with and without Rekor 2");

const FOLDER = 'spec/sigstore/trusted-roots';
const NOW = Date.UTC(2026, 6, 1);
const MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';

interface Service {
  readonly url: string;
  readonly majorApiVersion: unknown;
  readonly operator?: string;
  readonly validFor?: unknown;
}

function service(url: string, majorApiVersion: unknown, start: string, operator = url, end?: string): Service {
  return {
    url: `https://${url}.example`,
    majorApiVersion,
    operator,
    validFor: { start, ...(end === undefined ? {} : { end }) },
  };
}

function read(config: object, now = NOW): ReturnType<typeof servicesOfConfig> {
  return servicesOfConfig(Buffer.from(JSON.stringify({ mediaType: MEDIA_TYPE, ...config })), 'config', now);
}

function logs(rekorTlogUrls: readonly unknown[], rekorTlogConfig: unknown, now = NOW): readonly string[] {
  return read({ rekorTlogUrls, rekorTlogConfig }, now).logs.map(
    ({ url, version }) => `${url.slice('https://'.length, -'.example'.length)} ${version}`,
  );
}

const ANY = { selector: 'ANY' };
const ALL = { selector: 'ALL' };

describe('published signing configurations', { skip: missing('shared-data') }, () => {
  it('name the services of their time', () => {
    const fulcio = 'https://fulcio.sigstore.dev';
    const timestampAuthorities = ['https://timestamp.sigstore.dev/api/v1/timestamp'];
    const first = { url: 'https://rekor.sigstore.dev', version: 1 };
    const second = { url: 'https://log2025-1.rekor.sigstore.dev', version: 2 };
    for (const [file, now, log] of [
      ['signing_config.v0.2.json', NOW, first],
      ['signing_config_rekor_v2.v0.2.json', NOW, second],
      ['signing_config_rekor_v2.v0.2.json', Date.UTC(2025, 11, 31), first],
    ] as const) {
      const bytes = readFileSync(data(`${FOLDER}/${file}`));
      assert.deepEqual(servicesOfConfig(bytes, file, now), { fulcio, logs: [log], timestampAuthorities });
    }
    const bytes = readFileSync(data(`${FOLDER}/signing_config.v0.2.json`));
    assert.throws(() => servicesOfConfig(bytes, 'config', Date.UTC(2025, 0, 1)), {
      code: 'SIGNING_CONFIG_INVALID',
      message: /tsaUrls.*version 1 for 2025-01-01T00:00:00\.000Z.*found https:\/\/timestamp\.sigstore\.dev/,
    });
  });

  it('with any octet changed are read or refused', () => {
    const bytes = readFileSync(data(`${FOLDER}/signing_config_rekor_v2.v0.2.json`));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, octet) => {
        const copy = Buffer.from(bytes);
        copy[at] = octet;
        try {
          servicesOfConfig(copy, 'config', NOW);
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
      { numRuns: 300, seed: 10 },
    );
  });
});

describe('services of a moment', () => {
  it('are of the highest version known, one of each operator, the newest first', () => {
    const services = [
      service('one-old', 2, '2025-01-01T00:00:00Z', 'one'),
      service('one-new', 2, '2026-01-01T00:00:00Z', 'one'),
      service('two', 2, '2025-06-01T00:00:00Z'),
      service('first', 1, '2026-02-01T00:00:00Z'),
      service('future', 2, '2026-12-01T00:00:00Z'),
      service('past', 2, '2020-01-01T00:00:00Z', 'past', '2021-01-01T00:00:00Z'),
      service('unknown', 3, '2026-01-01T00:00:00Z'),
    ];
    assert.deepEqual(logs(services, ALL), ['one-new 2', 'two 2']);
    assert.deepEqual(logs(services, ANY), ['one-new 2']);
    assert.deepEqual(logs(services, { selector: 'EXACT', count: 2 }), ['one-new 2', 'two 2']);
    assert.deepEqual(logs(services, ALL, Date.UTC(2020, 6, 1)), ['past 2']);
    assert.deepEqual(logs(services.slice(3, 4), ALL), ['first 1']);
    assert.deepEqual(logs([], undefined), []);
  });

  it('hold at both ends of their time, and always where there is none', () => {
    const service = { url: 'https://a.example', majorApiVersion: 1 };
    const validFor = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' };
    for (const now of [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2)]) {
      assert.equal(read({ caUrls: [{ ...service, validFor }] }, now).fulcio, 'https://a.example');
      assert.throws(() => read({ caUrls: [{ ...service, validFor: { start: validFor.end } }] }, Date.UTC(2026, 0, 1)));
    }
    assert.equal(read({ caUrls: [service] }, 0).fulcio, 'https://a.example');
    assert.equal(read({}).fulcio, null);
  });

  it('are refused where it is not clear which', () => {
    const good = service('a', 1, '2026-01-01T00:00:00Z');
    const table: readonly (readonly [string, object])[] = [
      ['another version', { mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.1+json' }],
      ['services that are no list', { caUrls: good }],
      ['a service that is a text', { caUrls: ['https://a.example'] }],
      ['no selector', { rekorTlogUrls: [good] }],
      ['an undefined selector', { rekorTlogUrls: [good], rekorTlogConfig: { selector: 'SERVICE_SELECTOR_UNDEFINED' } }],
      ['too few for exactly two', { tsaUrls: [good], tsaConfig: { selector: 'EXACT', count: 2 } }],
      ['exactly none', { tsaUrls: [good], tsaConfig: { selector: 'EXACT', count: 0 } }],
      ['exactly some', { tsaUrls: [good], tsaConfig: { selector: 'EXACT' } }],
      ['no URL', { caUrls: [{ ...good, url: 'fulcio' }] }],
      ['a version that is a text', { caUrls: [{ ...good, majorApiVersion: '1' }] }],
      ['no version', { caUrls: [{ ...good, majorApiVersion: undefined }] }],
      ['a version below one', { caUrls: [{ ...good, majorApiVersion: 0 }] }],
      ['a time that is none', { caUrls: [{ ...good, validFor: { start: '2026-02-30T00:00:00Z' } }] }],
      ['only other versions', { caUrls: [{ ...good, majorApiVersion: 2 }] }],
    ];
    for (const [name, config] of table) {
      assert.throws(() => read(config), { code: 'SIGNING_CONFIG_INVALID' }, name);
    }
    assert.throws(() => read({ caUrls: Array.from({ length: 129 }, () => good) }), { code: 'LIMIT_EXCEEDED' });
    const large = Buffer.alloc(2 << 20, 0x20);
    assert.throws(() => servicesOfConfig(large, 'config', NOW), { code: 'LIMIT_EXCEEDED' });
    const twice = Buffer.from(`{"mediaType":"${MEDIA_TYPE}","mediaType":"${MEDIA_TYPE}"}`);
    assert.throws(() => servicesOfConfig(twice, 'config', NOW), { code: 'JSON_DUPLICATE_KEY' });
  });
});
