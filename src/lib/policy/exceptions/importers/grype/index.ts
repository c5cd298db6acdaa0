import { z } from 'zod';
import { quote } from '#base/error.ts';
import type { ExceptionImporter, IgnoreFile, IgnoreRule, ImportedRules, NotCarriedOver } from '../importer.ts';
import { invalid, readYaml, unknownMember } from '../read-yaml.ts';
import { packageOf } from './package.ts';
import { type GrypeRule, grypeRule, RULE_MEMBERS } from './rule.ts';

export const grype: ExceptionImporter = {
  id: 'grype',
  capabilities: {
    title: 'Ignore rules of Grype',
    file: '.grype.yaml',
    specification: 'https://github.com/anchore/grype#specifying-matches-to-ignore',
    notCarriedOver: [
      'rules without a vulnerability',
      'fix-state, namespace, match-type, vex-status and vex-justification',
      'a location, a language or the name upstream of a package',
      'names that are regular expressions',
      'packages of a type whose package URLs need more than the name',
      'only-fixed, only-notfixed and ignore-wontfix',
    ],
  },
  read,
};

/** Settings that make Grype ignore more than its rules say. */
const SWITCHES = ['only-fixed', 'only-notfixed', 'ignore-wontfix', 'ignore-states'] as const;

const configuration = z.looseObject({ ignore: z.array(grypeRule, 'expected a list of rules').nullish() });

function read(source: IgnoreFile): ImportedRules {
  const yaml = readYaml(source);
  if (yaml.empty) {
    throw invalid(source.file, 'a configuration with ignore rules', 'nothing');
  }
  const data = yaml.check(configuration);
  const rules: IgnoreRule[] = [];
  const notCarriedOver: NotCarriedOver[] = [];
  for (const [index, entry] of (data.ignore ?? []).entries()) {
    const where = yaml.place(['ignore', index]);
    const result = readRule(entry, where);
    if (typeof result === 'string') {
      notCarriedOver.push({ what: describe(entry), where, why: result });
    } else {
      rules.push(result);
    }
  }
  for (const name of SWITCHES) {
    const value = data[name];
    if (value !== undefined && value !== null && value !== false && value !== '') {
      const why = 'what is fixed changes: the shipped policies tell findings with a fix from those without';
      notCarriedOver.push({ what: name, where: yaml.place([name]), why });
    }
  }
  return { rules, notCarriedOver };
}

/** The rule, or why no exception says it. */
function readRule(entry: GrypeRule, where: string): IgnoreRule | string {
  const { vulnerability, reason } = entry;
  const unknown = unknownMember(entry, RULE_MEMBERS);
  if (unknown !== null) {
    return unknown;
  }
  if (set(entry['vex-status']) || set(entry['vex-justification'])) {
    return 'it is about a VEX document: give that with --vex';
  }
  if (!set(vulnerability)) {
    return 'without a vulnerability it is for every one: exceptions name theirs';
  }
  const condition = (['fix-state', 'namespace', 'match-type'] as const).find((name) => set(entry[name]));
  if (condition !== undefined) {
    return `exceptions know no ${condition}: without it the rule would be wider`;
  }
  const named = packageOf(entry.package ?? {});
  if (named.kind === 'unsaid') {
    return named.why;
  }
  const packages = named.kind === 'any' ? [] : [named.purl];
  const why = reason?.trim() ?? '';
  return { where, finding: vulnerability ?? '', packages, reason: why === '' ? null : why, expires: null };
}

function set(text: string | null | undefined): boolean {
  return text !== undefined && text !== null && text !== '';
}

function describe({ vulnerability, package: part }: GrypeRule): string {
  const named = part?.name ?? part?.type ?? '';
  return quote([vulnerability ?? '', named].filter((text) => text !== '').join(' ') || 'a rule for everything', 80);
}
