import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { predicateReaderContract } from '../contract.ts';
import type { DastPredicate } from '../predicate.ts';
import { zap } from './index.ts';

evidence('trust/predicates-dast', 'published', 'the members of a report as the documentation of ZAP shows them');

const TYPE = 'https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-json/';
const ALERT = {
  pluginid: '40012',
  alert: 'Cross Site Scripting (Reflected)',
  riskcode: '3',
  confidence: '2',
  instances: [],
};
const SITE = {
  '@name': 'http://localhost:8080',
  '@host': 'localhost',
  '@port': '8080',
  '@ssl': 'false',
  alerts: [ALERT],
};
const EXAMPLE = {
  '@programName': 'ZAP',
  '@version': 'Dev Build',
  '@generated': 'Fri, 4 Feb 2022 13:04:51',
  created: '2022-02-04T13:04:51.236211400Z',
  site: [SITE],
};

predicateReaderContract(zap, {
  predicateType: TYPE,
  example: EXAMPLE,
  required: ['site', 'site.0', 'site.0.@name', 'site.0.alerts', 'site.0.alerts.0.riskcode'],
});

function read(more: object): DastPredicate {
  const report = zap.read({ ...EXAMPLE, ...more }, TYPE, 'x');
  assert.ok(report.kind === 'dast');
  return report;
}

test('every member that a policy asks for', () => {
  assert.deepEqual(read({}), {
    kind: 'dast',
    tool: 'ZAP',
    toolVersion: 'Dev Build',
    generatedOn: Date.UTC(2022, 1, 4, 13, 4, 51, 236),
    sites: ['http://localhost:8080'],
    alerts: { informational: 0, low: 0, medium: 0, high: 1 },
  });
});

test('alerts are counted by risk, over all sites', () => {
  const alerts = ['0', '1', '1', '2', '2', '2', '3'].map((riskcode) => ({ ...ALERT, riskcode }));
  const site = [
    { ...SITE, alerts: alerts.slice(0, 4) },
    { '@name': 'https://b.example', alerts: alerts.slice(4) },
    { ...SITE, alerts: [] },
  ];
  assert.deepEqual(read({ site }).alerts, { informational: 1, low: 2, medium: 3, high: 1 });
});

test('a report without a site, or with a risk that is none, is refused', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ site: [] }, /at least one site, found none/],
    [{ site: SITE }, /a list/],
    [{ site: [{ ...SITE, alerts: [{ ...ALERT, riskcode: '4' }] }] }, /0, 1, 2 or 3, found "4"/],
    [{ site: [{ ...SITE, alerts: [{ ...ALERT, riskcode: '-1' }] }] }, /found "-1"/],
    [{ site: [{ ...SITE, alerts: [{ ...ALERT, riskcode: 'High' }] }] }, /found "High"/],
    [{ created: 'Fri, 4 Feb 2022 13:04:51' }, /RFC 3339/],
  ];
  for (const [more, message] of cases) {
    assert.throws(() => read(more), { code: 'PREDICATE_INVALID', message });
  }
});
