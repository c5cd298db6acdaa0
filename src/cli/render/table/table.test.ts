import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { isVulnerability, type Vulnerability } from '#model/finding.ts';
import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import type { Signal } from '#model/signal.ts';
import type { Unknown } from '#model/unknown.ts';
import { evidence } from '#test/evidence.ts';
import { arbitraryReport } from '#test/samples/arbitrary-report.ts';
import { sampleDeclaration, sampleMismatch } from '#test/samples/declared.ts';
import { sampleAdvisories, sampleFinding, samplePackage, sampleReport } from '#test/samples/report.ts';
import { createStyle } from '../style.ts';
import { columnsOf } from '../text.ts';
import { renderTable } from './index.ts';
import { ago } from './screen.ts';

evidence('report/table', 'self-made', 'reports of the right shape with hostile text in every member');

const screen = { width: 80, style: createStyle(false), now: Date.parse('2026-08-21T12:00:00Z') };

const stale = sampleAdvisories('Alpine', 2439, { newest: '2020-02-04T10:25:20Z', stale: true });
const unknowns: readonly Unknown[] = [
  {
    kind: 'stale-advisories',
    path: null,
    layer: null,
    analyser: 'advisories',
    reason: 'the newest advisory of Alpine is of 2020-02-04, expected one of the last 90 days',
  },
  {
    kind: 'unreadable',
    path: '/srv/app/node_modules/left-pad/package.json',
    layer: sampleReport().image.layers[2]?.diffId ?? null,
    analyser: 'npm',
    reason: 'not valid JSON: expected a value, found "{{" at position 0',
  },
];

function show(changes: Partial<Report>, options: Partial<typeof screen> = {}): string {
  return renderTable(sampleReport(changes), { ...screen, ...options });
}

function withOwner(item: Package): Package {
  const locations = item.locations.map((location) => ({ ...location, ownedBy: 'pkg:deb/debian/npm@9' }));
  return { ...item, locations };
}

/** The lines of the last section in one. */
function answer(changes: Partial<Report>): string {
  return show(changes).trimEnd().split('\n\n').at(-1)?.replaceAll('\n', ' ') ?? '';
}

describe('the screen', () => {
  it('shows the risk where something is known of exploitation, and the most urgent first', () => {
    const known = (score: number, signals: readonly Signal[]): Partial<Vulnerability> => ({
      risk: { score, parts: [] },
      ...(signals.length === 0 ? {} : { signals }),
    });
    const exploited: Signal = {
      kind: 'known-exploited',
      catalogue: 'CISA',
      added: '2026-05-01',
      due: null,
      ransomware: true,
    };
    const findings = [
      {
        ...sampleFinding('npm', 'a', '1', null, { id: 'CVE-2026-0001', severity: 'critical', score: 9.8 }),
        ...known(19.1, []),
      },
      {
        ...sampleFinding('npm', 'b', '1', null, { id: 'CVE-2026-0002', severity: 'medium' }),
        ...known(73.2, [exploited]),
      },
    ];
    const rowsOf = (width: number): readonly string[] =>
      show({ findings }, { width })
        .split('\n')
        .filter((line) => / CVE-/.test(line));
    assert.match(rowsOf(100).join('\n'), /^ {3}73\.2 exploited  medium .*\n {3}19\.1 {12}critical /);
    assert.match(rowsOf(60).join('\n'), /^ {3}73\.2!  medium .*\n {3}19\.1 {3}critical /);
    assert.doesNotMatch(
      show({ findings: findings.map(({ signals: _none, ...rest }): Vulnerability => rest) }),
      /RISK|exploited/,
    );
  });

  it('says apart what could raise a risk from what could hide a vulnerability', () => {
    const signals: Unknown = {
      kind: 'stale-signals',
      path: null,
      layer: null,
      analyser: 'advisories',
      reason: 'KEV is old',
    };
    assert.match(show({ unknowns: [signals] }), /^NOT KNOWN: 1 thing that could raise the risk of what was found$/m);
    assert.doesNotMatch(answer({ unknowns: [signals] }), /NOT KNOWN/);
    assert.match(show({ unknowns: [...unknowns, signals] }), /^NOT KNOWN: 2 things that could hide a vulnerability$/m);
  });

  it('is the one on record', () => {
    const expected = readFileSync(resolve(import.meta.dirname, 'fixtures/scan.txt'), 'utf8');
    assert.equal(show({ unknowns, advisories: [stale, sampleAdvisories('npm', 467)] }), expected);
  });

  it('of an inventory is the one on record', () => {
    const expected = readFileSync(resolve(import.meta.dirname, 'fixtures/inventory.txt'), 'utf8');
    assert.equal(show({ kind: 'inventory', findings: [], advisories: [] }), expected);
  });

  it('sets what is only declared apart, and says so of findings', () => {
    const declared = { confidence: 'declared' } as const;
    const packages = sampleReport().packages.map((item) => (item.name === 'lodash' ? { ...item, ...declared } : item));
    const inventory = show({ kind: 'inventory', packages, findings: [], advisories: [] });
    assert.match(inventory, /^packages 3 apk, 1 golang, 3 npm of which 1 is only declared$/m);
    assert.match(inventory, /\nnpm, declared {2}1\n {2}lodash {2}4\.17\.4 /);
    const findings = sampleReport()
      .findings.filter(isVulnerability)
      .map((one) => (one.package.name === 'lodash' ? { ...one, package: { ...one.package, ...declared } } : one));
    assert.match(show({ packages, findings }), /^lodash 4\.17\.4 {2}npm, only declared, layer /m);
    assert.match(answer({ packages, findings }), /2 of packages that are only declared\./);
  });

  it('says what belongs to OS packages and what does not count for that', () => {
    const packages = sampleReport().packages.map((item) => (item.type === 'npm' ? withOwner(item) : item));
    assert.match(show({ packages }), /^3 npm packages belong to OS packages\.$/m);
    const findings = sampleReport()
      .findings.filter(isVulnerability)
      .map((finding) => ({
        ...finding,
        locations: finding.locations.map((location) => ({ ...location, ownedBy: 'pkg:deb/debian/npm@9?arch=all' })),
      }));
    const text = show({ packages, findings: [], covered: { findings, unknowns } }).replaceAll('\n', ' ');
    assert.match(
      text,
      /3 npm packages belong to OS packages\. 5 vulnerabilities and 2 things not known of such files do not count/,
    );
    assert.match(text, /may still be open: {3}lodash 4\.17\.4 is covered by npm: CVE-2018-16487, CVE-2019-10744 /);
    assert.doesNotMatch(show({}), /belong to OS packages\./);
  });

  it('shows what documents declare otherwise, those that agree after them', () => {
    const text = show({
      findings: [
        sampleMismatch('undeclared'),
        sampleMismatch('version'),
        sampleMismatch('hash', { package: { purl: '', name: '/lib/libz.so.1', version: '' } }),
        sampleMismatch('absent', { document: 2 }),
      ],
      declarations: [
        sampleDeclaration({ mismatches: 3 }),
        sampleDeclaration({ from: 'file', path: '/a.cdx.json', trusted: false, scope: 'part', comparedFiles: 0 }),
        sampleDeclaration({ mismatches: 40, trusted: false, blob: digestOf('other') }),
      ],
    });
    const section = text.split('\n\n').find((part) => part.startsWith('DECLARED')) ?? '';
    assert.deepEqual(section.split('\n'), [
      'DECLARED by 3 SBOM documents: 43 SBOM mismatches',
      '  SPDX 2.3 attestation, trusted; 7 packages and 1 file compared',
      `    ${digestOf('sbom blob')}`,
      '    undeclared  marked 0.3.0',
      '    version     marked 0.3.0, declared 0.2.9',
      '    content     /lib/libz.so.1',
      '  SPDX 2.3 attestation, not trusted; 7 packages and 1 file compared',
      `    ${digestOf('other')}`,
      '    not there   marked 0.3.0',
      '    and 39 more',
      '  SPDX 2.3 in /a.cdx.json, vouched for by nobody, of a part; 7 packages compared',
    ]);
    const agreeing = Array.from({ length: 9 }, () => sampleDeclaration());
    assert.match(show({ declarations: agreeing }), /^DECLARED by 9 SBOM documents: nothing else is in the image$/m);
    assert.match(show({ declarations: agreeing }), /^ {2}and 4 more documents without a mismatch$/m);
  });

  it('breaks the longest heading of what is not known', () => {
    const unknown = { kind: 'integrity', path: null, layer: null, analyser: 'integrity', reason: 'a' } as const;
    const text = renderTable(sampleReport({ unknowns: [unknown, unknown] }), { ...screen, width: 60 });
    assert.match(text, /^\? Content that is not what its digest says, or is missing\n {2}\(2\)$/m);
  });

  it('never steers the terminal and never passes its edge', () => {
    fc.assert(
      fc.property(arbitraryReport, fc.integer({ min: 60, max: 200 }), (report, width) => {
        const text = renderTable(report, { ...screen, width });
        for (const line of text.split('\n')) {
          assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
          assert.ok(columnsOf(line) <= width, `${columnsOf(line)} columns: ${line}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('differs with colours by codes of colour only', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const coloured = renderTable(report, { ...screen, style: createStyle(true) });
        assert.equal(withoutColours(coloured), renderTable(report, screen));
      }),
      { numRuns: 100 },
    );
    assert.notEqual(show({}, { style: createStyle(true) }), show({}));
  });

  it('shows three hundred packages, each once', () => {
    const packages = Array.from({ length: 300 }, (_, index) =>
      samplePackage('npm', `package-${String(index).padStart(3, '0')}`, `1.0.${index}`, null, ['MIT']),
    );
    const text = show({ kind: 'inventory', findings: [], advisories: [], packages });
    assert.equal(text.match(/^ {2}package-\d{3} +1\.0\.\d+ +MIT$/gm)?.length, 300);
    assert.match(text, /^packages 300 npm$/m);
  });

  it('cuts long names and says so', () => {
    const name = `@organisation/${'very-'.repeat(30)}long`;
    const text = show({
      findings: [sampleFinding('npm', name, '1.0.0', null, { id: 'CVE-2020-0001', severity: 'high' })],
    });
    assert.match(text, /^@organisation\/very-very-.*…/m);
  });

  it('says of every group of unknowns how many there are when it does not show all', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      kind: 'version' as const,
      path: null,
      layer: null,
      analyser: 'match',
      reason: `package-${index} has no version`,
    }));
    const text = show({ unknowns: many });
    assert.match(text, /^NOT KNOWN: 40 things that could hide a vulnerability$/m);
    assert.match(text, /^\? Packages whose version cannot be compared \(40\)$/m);
    assert.match(text, /^ {4}and 30 more; -o json has them all$/m);
  });
});

describe('findings', () => {
  it('come worst first, packages and rows alike', () => {
    const text = show({});
    const order = ['lodash 4.17.4', 'CVE-2019-10744', 'CVE-2018-16487', 'marked 0.3.0', 'ssl_client'];
    const places = order.map((needle) => text.indexOf(needle));
    assert.ok(places.every((place) => place > 0));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  it('say what there is to do when no version repairs them', () => {
    const states = { affected: 'no fix', will_not_fix: 'will not fix', end_of_life: 'end of life' } as const;
    for (const state of ['affected', 'will_not_fix', 'end_of_life'] as const) {
      const findings = [sampleFinding('npm', 'x', '1', null, { id: 'CVE-2020-0001', severity: 'high', state })];
      assert.match(show({ findings }), new RegExp(`CVE-2020-0001 +${states[state]}$`, 'm'));
    }
  });
});

describe('the answer', () => {
  const all = sampleReport().findings.filter(isVulnerability);
  const fixable = all.filter((finding) => finding.state === 'fixed');
  const cases: readonly (readonly [what: string, changes: Partial<Report>, text: string])[] = [
    [
      'findings',
      {},
      '5 vulnerabilities in 3 of 7 packages: 1 critical, 1 high, 1 medium, 1 low, 1 unrated. 4 have a fix.',
    ],
    ['one finding', { findings: fixable.slice(0, 1) }, '1 vulnerability in 1 of 7 packages: 1 medium. It has a fix.'],
    [
      'a mismatch alone',
      { findings: [sampleMismatch('absent')] },
      'No known vulnerabilities in 7 packages, matched against 2,439 Alpine, 4,291 Go and 467 npm advisories. 1 mismatch with what SBOM documents declare.',
    ],
    [
      'findings and mismatches',
      { findings: [...fixable.slice(0, 1), sampleMismatch('absent'), sampleMismatch('hash')] },
      '1 vulnerability in 1 of 7 packages: 1 medium. It has a fix. 2 mismatches with what SBOM documents declare.',
    ],
    [
      'findings left out',
      { findings: fixable.slice(0, 1), hiddenFindings: 4 },
      '1 vulnerability in 1 of 7 packages: 1 medium. It has a fix. 4 more vulnerabilities not shown because of --severity.',
    ],
    ['all findings left out', { findings: [], hiddenFindings: 1 }, '1 vulnerability not shown because of --severity.'],
    [
      'findings and an unknown',
      { findings: fixable.slice(0, 1), unknowns: unknowns.slice(0, 1) },
      '1 vulnerability in 1 of 7 packages: 1 medium. It has a fix. NOT KNOWN: 1 thing, so there may be more.',
    ],
    [
      'no finding and an unknown',
      { findings: [], unknowns: unknowns.slice(0, 1) },
      'Nothing found in what could be matched, which is not an all-clear. NOT KNOWN: 1 thing, so there may be more.',
    ],
    [
      'no finding, no unknown',
      { findings: [] },
      'No known vulnerabilities in 7 packages, matched against 2,439 Alpine, 4,291 Go and 467 npm advisories.',
    ],
    [
      'no packages',
      { findings: [], packages: [] },
      'Nothing found in what could be matched, which is not an all-clear. NOT KNOWN: no packages were found to match.',
    ],
    [
      'no advisories',
      { findings: [], advisories: [] },
      'Nothing found in what could be matched, which is not an all-clear. NOT KNOWN: no advisories were at hand.',
    ],
    [
      'stale advisories',
      { findings: [], advisories: [stale] },
      'Nothing found in what could be matched, which is not an all-clear. NOT KNOWN: the advisories are out of date or incomplete, so there may be more.',
    ],
    ['an inventory', { kind: 'inventory', findings: [], advisories: [] }, '7 packages.'],
    [
      'an inventory with an unknown',
      { kind: 'inventory', findings: [], advisories: [], unknowns: unknowns.slice(1) },
      '7 packages. NOT KNOWN: 1 thing, so there may be more.',
    ],
  ];
  for (const [what, changes, text] of cases) {
    it(`to ${what}`, () => {
      assert.equal(answer(changes), text);
    });
  }

  it('is never "no known vulnerabilities" when something could hide one', () => {
    const { packages, advisories } = sampleReport();
    const doubts = {
      unknowns: fc.constantFrom([], unknowns.slice(0, 1), unknowns),
      packages: fc.constantFrom(packages, []),
      hiddenFindings: fc.constantFrom(0, 1),
      advisories: fc.constantFrom(
        advisories,
        [],
        [sampleAdvisories('npm', 0, { newest: null })],
        [stale],
        [sampleAdvisories('npm', 467, { rejected: 1 })],
      ),
    };
    let clean = 0;
    fc.assert(
      fc.property(fc.record(doubts), (changes) => {
        const isClean =
          changes.unknowns.length === 0 &&
          changes.packages === packages &&
          changes.hiddenFindings === 0 &&
          changes.advisories === advisories;
        clean += isClean ? 1 : 0;
        assert.equal(answer({ findings: [], ...changes }).startsWith('No known vulnerabilities'), isClean);
      }),
      { numRuns: 500 },
    );
    assert.ok(clean > 0);
  });
});

describe('an age', () => {
  const cases: readonly (readonly [instant: string, text: string])[] = [
    ['2026-08-21T11:00:00Z', 'today'],
    ['2026-08-20T11:00:00Z', 'yesterday'],
    ['2026-07-22T11:00:00Z', '30 days ago'],
    ['2026-01-21T11:00:00Z', '6 months ago'],
    ['2020-02-04T10:25:20Z', '6 years ago'],
    ['2026-08-22T12:00:00Z', 'after the present time of this machine'],
    ['never', 'at an unreadable time'],
  ];
  for (const [instant, text] of cases) {
    it(`of ${instant}`, () => {
      assert.equal(ago(instant, screen.now), text);
    });
  }
});

/** The codes of style.ts, and nothing else that begins with an escape. */
function withoutColours(text: string): string {
  const escape = String.fromCharCode(0x1b);
  return [`0`, '1', '2', '1;31', '31', '32', '33', '1;33', '35', '36'].reduce(
    (rest, code) => rest.replaceAll(`${escape}[${code}m`, ''),
    text,
  );
}
