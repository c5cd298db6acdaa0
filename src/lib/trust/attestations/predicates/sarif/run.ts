import type { Fields } from '../../fields.ts';
import type { SarifLevel, SarifRun } from '../predicate.ts';
import { readResult } from './result.ts';
import { RuleLevels } from './rule-levels.ts';

/** One run (SARIF 2.1.0 section 3.14): its tool, and how many results it has of which level. */
export function readRun(fields: Fields): SarifRun {
  const driver = fields.fields('tool').fields('driver');
  const invocations = fields.optionalItems('invocations');
  return {
    tool: driver.text('name'),
    toolVersion: driver.optionalText('semanticVersion') ?? driver.optionalText('version'),
    ...countResults(fields),
    successful: invocations.every((invocation) => invocation.flag('executionSuccessful')),
  };
}

function countResults(fields: Fields): Pick<SarifRun, 'results' | 'suppressed'> {
  // Section 3.14.23: without the member, or with null, no results were produced at all; an empty list says that none were found.
  if (fields.value('results') === undefined || fields.value('results') === null) {
    return { results: null, suppressed: 0 };
  }
  const levels = new RuleLevels(fields.fields('tool'));
  const counts: Record<SarifLevel, number> = { none: 0, note: 0, warning: 0, error: 0 };
  let suppressed = 0;
  for (const item of fields.items('results')) {
    const result = readResult(item, levels);
    if (result.suppressed) {
      suppressed += 1;
    } else {
      counts[result.level] += 1;
    }
  }
  return { results: counts, suppressed };
}
