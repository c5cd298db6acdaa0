import { z } from 'zod';
import { parseInstant } from '#base/day.ts';
import { quote } from '#base/error.ts';
import { parsePurlOrNull } from '#model/purl.ts';
import type { IgnoreFile, IgnoreRule, ImportedRules, NotCarriedOver } from '../importer.ts';
import { readYaml, unknownMember } from '../read-yaml.ts';

const texts = z.array(z.string('expected a text'), 'expected a list of texts').nullish();

const rule = z.looseObject(
  {
    id: z.string('expected a text').nullish(),
    paths: texts,
    purls: texts,
    statement: z.string('expected a text').nullish(),
    expired_at: z.string('expected a date').nullish(),
  },
  'expected a rule: a map with an id',
);
type Rule = z.infer<typeof rule>;

const KNOWN = ['id', 'paths', 'purls', 'statement', 'expired_at'] as const;

const OTHERS = ['misconfigurations', 'secrets', 'licenses'] as const;

const rules = z.array(rule, 'expected a list of rules').nullish();
const document = z
  .looseObject({ vulnerabilities: rules, misconfigurations: rules, secrets: rules, licenses: rules })
  .nullable();

/** `.trivyignore.yaml`: a list of rules for each scanner. */
export function readDocument(source: IgnoreFile): ImportedRules {
  const yaml = readYaml(source);
  const data = yaml.check(document);
  const read: IgnoreRule[] = [];
  const notCarriedOver: NotCarriedOver[] = [];
  for (const [index, entry] of (data?.vulnerabilities ?? []).entries()) {
    const where = yaml.place(['vulnerabilities', index]);
    const result = readRule(entry, where, source.now);
    if (typeof result === 'string') {
      notCarriedOver.push({ what: quote(entry.id ?? 'a rule without an id', 80), where, why: result });
    } else {
      read.push(result);
    }
  }
  for (const section of OTHERS) {
    for (const [index, { id }] of (data?.[section] ?? []).entries()) {
      const what = quote(id ?? 'a rule without an id', 80);
      const why = 'exceptions of findings are for vulnerabilities: name the rule of a policy instead';
      notCarriedOver.push({ what, where: yaml.place([section, index]), why });
    }
  }
  return { rules: read, notCarriedOver };
}

/** The rule, or why no exception says it. */
function readRule(entry: Rule, where: string, now: number): IgnoreRule | string {
  const { id, paths, purls, statement, expired_at: end } = entry;
  const unknown = unknownMember(entry, KNOWN);
  if (unknown !== null) {
    return unknown;
  }
  if (typeof id !== 'string' || id === '') {
    return 'without an id it is for every vulnerability: exceptions name theirs';
  }
  if ((paths ?? []).length > 0) {
    return 'exceptions know no paths: without them it would be for the package anywhere in the image';
  }
  const unsaid = (purls ?? []).find((text) => !isPlainPurl(text));
  if (unsaid !== undefined) {
    return `${quote(unsaid, 120)} is no package URL without qualifiers and subpath`;
  }
  const expires = typeof end === 'string' ? parseInstant(end) : null;
  if (typeof end === 'string' && expires === null) {
    return `${quote(end, 40)} is no date`;
  }
  if (expires !== null && expires <= now) {
    return `ended ${end}`;
  }
  const reason = statement?.trim() ?? '';
  return { where, finding: id, packages: [...new Set(purls)], reason: reason === '' ? null : reason, expires };
}

function isPlainPurl(text: string): boolean {
  const purl = parsePurlOrNull(text);
  return purl !== null && (purl.qualifiers?.size ?? 0) === 0 && (purl.subpath ?? '') === '';
}
