import { describe, Fields } from '../../fields.ts';
import type { DastPredicate, DastRisk, PredicateReader } from '../predicate.ts';

/** ZAP defines no predicate type. These name its report by the addresses of the pages that describe it. */
const PAGE = 'https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-json';
const TYPES: readonly string[] = [PAGE, `${PAGE}/`, `${PAGE}-plus`, `${PAGE}-plus/`];

export const zap: PredicateReader = {
  id: 'zap',
  capabilities: {
    title: 'ZAP report on a running application',
    kind: 'dast',
    predicateTypes: TYPES,
    specification: `${PAGE}/`,
  },
  reads: (predicateType) => TYPES.includes(predicateType),
  read: (predicate, _predicateType, object) =>
    readReport(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate')),
};

/** `riskcode` of an alert is the index. */
const RISKS: readonly DastRisk[] = ['informational', 'low', 'medium', 'high'];

function readReport(fields: Fields): DastPredicate {
  const sites = fields.items('site');
  if (sites.length === 0) {
    throw fields.invalid('site', 'at least one site', 'none');
  }
  const alerts: Record<DastRisk, number> = { informational: 0, low: 0, medium: 0, high: 0 };
  for (const alert of sites.flatMap((site) => site.items('alerts'))) {
    alerts[riskOf(alert)] += 1;
  }
  return {
    kind: 'dast',
    tool: fields.optionalText('@programName') ?? 'ZAP',
    toolVersion: fields.optionalText('@version'),
    // `@generated` is in the words of the machine's language and has no time zone.
    generatedOn: fields.optionalTime('created'),
    sites: sites.map((site) => site.text('@name')),
    alerts,
  };
}

function riskOf(alert: Fields): DastRisk {
  const code = alert.text('riskcode');
  const risk = /^[0-3]$/.test(code) ? RISKS[Number(code)] : undefined;
  if (risk === undefined) {
    throw alert.invalid('riskcode', '0, 1, 2 or 3', describe(code));
  }
  return risk;
}
