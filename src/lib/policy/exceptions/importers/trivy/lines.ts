import { parseDay } from '#base/day.ts';
import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { IgnoreFile, IgnoreRule, ImportedRules, NotCarriedOver } from '../importer.ts';
import { isVulnerabilityId } from './vulnerability-id.ts';

/** `.trivyignore`: an id a line, with `exp:2026-01-31` behind it where it ends; other words behind it are of no meaning. */
export function readLines({ text, file, now }: IgnoreFile): ImportedRules {
  if (Buffer.byteLength(text) > LIMITS.policyFileBytes) {
    throw limitExceeded(file, LIMITS.policyFileBytes);
  }
  const rules: IgnoreRule[] = [];
  const notCarriedOver: NotCarriedOver[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const [id = '', ...words] = line.trim().split(/\s+/);
    if (id === '' || id.startsWith('#')) {
      continue;
    }
    const where = `${file}, line ${index + 1}`;
    const end = words.find((word) => word.startsWith('exp:'))?.slice('exp:'.length) ?? null;
    const expires = end === null ? null : parseDay(end);
    const why = !isVulnerabilityId(id)
      ? 'no id of a vulnerability: exceptions are for findings'
      : end !== null && expires === null
        ? `${quote(end, 40)} is no date, and Trivy passes over the line`
        : expires !== null && expires <= now
          ? `ended ${end}`
          : null;
    if (why === null) {
      rules.push({ where, finding: id, packages: [], reason: null, expires });
    } else {
      notCarriedOver.push({ what: quote(id, 80), where, why });
    }
  }
  return { rules, notCarriedOver };
}
