import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalDigest } from '#base/json/canonical.ts';
import type { Verdict } from '#model/verdict.ts';
import { sampleReport } from '#test/samples/report.ts';
import { sampleRule, sampleVerdict } from '#test/samples/verdict.ts';
import { createStyle } from '../style.ts';
import { verdictLines } from './verdict.ts';

function lines(verdict: Verdict, width = 100): readonly string[] {
  return verdictLines(sampleReport({ verdict }), { width, style: createStyle(false), now: 0 });
}

describe('a verdict on the screen', () => {
  it('says the decision, each rule that was broken, exceptions, and until when it holds', () => {
    assert.deepEqual(lines(sampleVerdict), [
      'REFUSED in production (deploy). Score 61.5 of 100.',
      '? 2 things that are not known and could hide a finding',
      '    a file could not be read',
      '✗ a/deny: it is old',
      '    Build it anew.',
      '✗ a/error could not be evaluated: divide by zero',
      '! a/grace: it is new here, refused from 2026-03-08T12:00:00.000Z on',
      '· a/noted: it has a licence',
      '~ a/excepted: it is root (exception for-now)',
      '  exception for-now until 2026-04-01T00:00:00.000Z, approved by an approver (T-1); takes out',
      '  CVE-2026-1',
      '  exception is-unused makes no difference: nothing that it is for is there',
      '  exception is-expired makes no difference: it expired at 2026-02-01T00:00:00.000Z',
      '  exception is-too-long makes no difference: it lasts longer than the environment allows, until',
      '  2026-02-01T00:00:00.000Z',
      '  exception is-not-yet makes no difference: it has not begun',
      '  Holds until 2026-03-08T12:00:00.000Z.',
      `  Record ${canonicalDigest(sampleVerdict)}`,
    ]);
  });

  it('says that only what is not known stands in the way, and that no policy speaks of the image', () => {
    assert.equal(
      lines({ ...sampleVerdict, because: 'unknowns' })[0],
      'REFUSED in production (deploy): something is not known. Score 61.5 of 100.',
    );
    const unmatched = { ...sampleVerdict, because: 'unmatched', reasons: ['no policy speaks of it'] } as const;
    assert.equal(lines(unmatched)[1], '✗ no policy speaks of it');
    assert.match(lines({ ...sampleVerdict, decision: 'admit', because: null })[0] ?? '', /^ADMITTED in production/);
    assert.match(lines({ ...sampleVerdict, decision: 'warn', because: null })[0] ?? '', /^ADMITTED WITH A WARNING in/);
  });

  it('says why unknowns were allowed', () => {
    const unknowns = { tolerated: 0, refused: 0, reasons: [], allowed: 'only tried' };
    assert.ok(lines({ ...sampleVerdict, unknowns }).includes('  Unknowns allowed: only tried'));
  });

  it('shows texts of an image as what they are, and is as wide as the screen', () => {
    const hostile = sampleRule('a/b', { outcome: 'failed', effect: 'deny', message: '\u001b[2Jx'.repeat(40) });
    const shown = lines({ ...sampleVerdict, rules: [hostile] }, 60);
    assert.ok(shown.every((line) => !line.includes('\u001b') && line.length <= 60 + 'Record sha256:'.length + 64));
  });

  it('counts what is too much to show', () => {
    const rules = Array.from({ length: 60 }, (_, at) =>
      sampleRule(`a/r${at}`, { outcome: 'failed', effect: 'warn', action: 'warn', message: 'm' }),
    );
    assert.ok(lines({ ...sampleVerdict, rules }).includes('  and 10 more; -o json has them all'));
  });

  it('is not there when nobody asked', () => {
    assert.deepEqual(verdictLines(sampleReport(), { width: 80, style: createStyle(false), now: 0 }), []);
  });
});
