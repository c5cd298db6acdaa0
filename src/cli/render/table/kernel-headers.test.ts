import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleFinding, sampleReport } from '#test/samples/report.ts';
import { createStyle } from '../style.ts';
import { renderTable } from './index.ts';

const screen = { width: 80, style: createStyle(false), now: Date.parse('2026-08-21T12:00:00Z') };

function headersOf(...names: readonly string[]): ReturnType<typeof sampleFinding>[] {
  return names.map((name, at) =>
    sampleFinding('deb', name, '6.1.1-1', null, { id: `CVE-2026-${at}`, severity: 'critical', title: 'A race' }),
  );
}

test('what kernel headers inherit is one line, with how many, and no finding', () => {
  const text = renderTable(
    sampleReport({ findings: [], headers: headersOf('linux-libc-dev', 'linux-libc-dev', 'linux-headers-6.1') }),
    screen,
  ).replaceAll(/\s+/g, ' ');
  assert.match(
    text,
    /KERNEL HEADERS 3 vulnerabilities of the kernel that linux-libc-dev and 1 other package are built from do not count/,
  );
  assert.doesNotMatch(text, /CVE-2026-0/);
});

test('without any there is no such line', () => {
  assert.doesNotMatch(renderTable(sampleReport({}), screen), /KERNEL HEADERS/);
});

test('a malicious package is told in place of a fix', () => {
  const bad = sampleFinding('npm', '123bla', '0.0.1', null, {
    id: 'MAL-2024-1',
    severity: 'critical',
  });
  assert.match(
    renderTable(sampleReport({ findings: [{ ...bad, malicious: true }] }), screen),
    /critical +MAL-2024-1 +MALICIOUS/,
  );
});
