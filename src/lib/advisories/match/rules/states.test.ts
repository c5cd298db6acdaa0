import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AdvisedState, Advisory, Affected } from '#model/advisory.ts';
import { evidence } from '#test/evidence.ts';
import { DEBIAN, matchAll, packageOf, shown } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';

evidence('advisories/matching', 'self-made', 'rows with every state that sources have');

const curl = packageOf('deb', 'curl', '7.88.1-10');

function about(members: Partial<Advisory> & { readonly id: string }, state?: AdvisedState, fixed?: string): Affected {
  return { ...affectedOf(advisoryOf(members), 'Debian:12', 'curl', fixed), ...(state && { state }) };
}

describe('rule 13: what a source says of the state is kept', () => {
  test('each of its words', () => {
    const states: readonly AdvisedState[] = [
      'affected',
      'will_not_fix',
      'deferred',
      'under_investigation',
      'end_of_life',
    ];
    const rows = states.map((state) => about({ id: `CVE-${state}` }, state));
    const found = new Map(matchAll(DEBIAN, rows, curl).findings.map(({ id, state }) => [id, state]));
    assert.deepEqual(
      states.map((state) => found.get(`CVE-${state}`)),
      states,
    );
  });

  test('a fix is a fix, whatever else is said', () => {
    const [finding] = matchAll(DEBIAN, [about({ id: 'CVE-1' }, 'deferred', '8')], curl).findings;
    assert.deepEqual([finding?.state, finding?.fixedIn], ['fixed', '8']);
  });

  test('what was decided comes before an older record that says nothing', () => {
    const rows = [
      about({ id: 'DSA-1', upstream: ['CVE-1'] }),
      about({ id: 'DEBIAN-CVE-1', upstream: ['CVE-1'] }, 'will_not_fix'),
    ];
    assert.deepEqual(
      matchAll(DEBIAN, rows, curl).findings.map(({ state }) => state),
      ['will_not_fix'],
    );
  });

  test('not affected takes away the finding of that advisory, and of all that are about the same', () => {
    const rows = [
      about({ id: 'DSA-1', upstream: ['CVE-1', 'CVE-2'] }),
      about({ id: 'GHSA-a', aliases: ['CVE-1'] }),
      about({ id: 'DEBIAN-CVE-1', upstream: ['CVE-1'] }, 'not_affected'),
    ];
    const { findings, known } = matchAll(DEBIAN, rows, curl);
    assert.deepEqual(shown(findings), ['CVE-2 curl']);
    // So that the word of the distribution holds for what others say of the same files.
    assert.deepEqual([...known], [curl.purl]);
  });

  test('not affected holds for the versions that it names alone', () => {
    const rows = [
      about({ id: 'DSA-1', upstream: ['CVE-1'] }),
      about({ id: 'DEBIAN-CVE-1', upstream: ['CVE-1'] }, 'not_affected', '7'),
    ];
    assert.deepEqual(shown(matchAll(DEBIAN, rows, curl).findings), ['CVE-1 curl']);
  });

  test('not affected of a withdrawn record says nothing', () => {
    const rows = [
      about({ id: 'DSA-1', upstream: ['CVE-1'] }),
      about({ id: 'DEBIAN-CVE-1', upstream: ['CVE-1'], withdrawn: '2024-02-01T00:00:00Z' }, 'not_affected'),
    ];
    assert.deepEqual(shown(matchAll(DEBIAN, rows, curl).findings), ['CVE-1 curl']);
  });
});

describe('rule 14: headers of the kernel are apart', () => {
  const linux = { name: 'linux', version: '6.1.1-1' };
  const rows = ['linux', 'kernel', 'linux-headers', 'curl'].map((name) =>
    affectedOf(advisoryOf({ id: `CVE-${name}` }), 'Debian:12', name, '9'),
  );

  test('what they inherit from their source is none of the findings, and nothing of it is lost', () => {
    const names = ['linux-libc-dev', 'linux-headers-6.1.0-1-amd64', 'linux-kbuild-6.1', 'linux-libc-dev-arm64-cross'];
    const items = names.map((name) => packageOf('deb', name, '6.1.1-1', { source: linux }));
    const { findings, headers } = matchAll(DEBIAN, rows, ...items, curl);
    assert.deepEqual(shown(findings), ['CVE-curl curl 9']);
    assert.deepEqual(headers.map(({ package: { name } }) => name).toSorted(), names.toSorted());
  });

  test('a kernel, and programs that are built from it, are not', () => {
    const names = ['linux-image-6.1.0-1-amd64', 'linux-perf', 'bpftool', 'linux-tools-common'];
    const items = names.map((name) => packageOf('deb', name, '6.1.1-1', { source: linux }));
    const { findings, headers } = matchAll(DEBIAN, rows, ...items);
    assert.deepEqual([findings.length, headers.length], [names.length, 0]);
  });

  test('a library of another source that only is called like it is not', () => {
    const other = packageOf('npm', 'linux-headers', '1.0.0');
    const npm = [affectedOf(advisoryOf({ id: 'CVE-1' }), 'npm', 'linux-headers', '9.0.0')];
    assert.deepEqual(shown(matchAll(DEBIAN, npm, other).findings), ['CVE-1 linux-headers 9.0.0']);
  });

  test('what cannot be compared of them hides nothing that counts', () => {
    const odd = [affectedOf(advisoryOf({ id: 'CVE-1' }), 'Debian:12', 'linux', 'a:b')];
    const { unknowns } = matchAll(DEBIAN, odd, packageOf('deb', 'linux-libc-dev', '6.1.1-1', { source: linux }));
    assert.deepEqual(unknowns, []);
  });
});

test('packages that were made to do harm say so, and are critical by the word of who found them', () => {
  const bad = packageOf('npm', '123bla', '0.0.1');
  const row = affectedOf(advisoryOf({ id: 'MAL-2024-1', summary: 'Malicious code in 123bla (npm)' }), 'npm', '123bla');
  const alias = affectedOf(advisoryOf({ id: 'GHSA-a', aliases: ['MAL-2024-1'] }), 'npm', '123bla');
  for (const rows of [[row], [alias], [row, alias]]) {
    const [finding, ...more] = matchAll(null, rows, bad).findings;
    assert.deepEqual([finding?.malicious, finding?.severity, more.length], [true, 'critical', 0]);
    assert.equal(finding?.ratings[0]?.scale, 'malicious-packages');
    assert.match(finding?.title ?? '', /^Malicious package: /);
  }
});

test('what is for information is rated harmless unless somebody rates it, and is none beside a vulnerability', () => {
  const crate = packageOf('cargo', 'time', '0.1.0');
  const note = { ...affectedOf(advisoryOf({ id: 'RUSTSEC-1' }), 'crates.io', 'time'), informational: 'unmaintained' };
  const rated = {
    ...note,
    ratings: [{ severity: 'medium', scale: 'CVSS_V3', score: 5, source: 'RUSTSEC-1' }],
  } as const;
  const real = affectedOf(advisoryOf({ id: 'GHSA-a', aliases: ['RUSTSEC-1'] }), 'crates.io', 'time');
  const kinds = [[note], [rated], [note, real]].map((rows) => {
    const [finding] = matchAll(null, rows, crate).findings;
    return [finding?.informational, finding?.severity];
  });
  assert.deepEqual(kinds, [
    ['unmaintained', 'none'],
    ['unmaintained', 'medium'],
    [undefined, 'unknown'],
  ]);
});
