import type { Fields } from '../../fields.ts';
import type { SarifLevel } from '../predicate.ts';
import { SARIF_LEVELS } from './levels.ts';
import type { RuleLevels } from './rule-levels.ts';

export interface SarifResult {
  readonly level: SarifLevel;
  readonly suppressed: boolean;
}

/** The level of one result, and whether it was suppressed (SARIF 2.1.0 sections 3.27.10, 3.27.23). */
export function readResult(fields: Fields, rules: RuleLevels): SarifResult {
  fields.fields('message');
  return { level: levelOf(fields, rules), suppressed: isSuppressed(fields) };
}

function levelOf(fields: Fields, rules: RuleLevels): SarifLevel {
  if (fields.has('level')) {
    return fields.word('level', SARIF_LEVELS);
  }
  if (fields.has('kind') && fields.text('kind') !== 'fail') {
    return 'none';
  }
  return rules.levelFor(fields) ?? 'warning';
}

/** By at least one suppression, none of them rejected or still under review. A suppression without a status is accepted. */
function isSuppressed(fields: Fields): boolean {
  const suppressions = fields.optionalItems('suppressions');
  return (
    suppressions.length > 0 && suppressions.every((item) => (item.optionalText('status') ?? 'accepted') === 'accepted')
  );
}
