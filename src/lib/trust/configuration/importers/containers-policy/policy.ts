import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { describe, Fields } from '../../../attestations/fields.ts';
import type { RequirementEntry } from '../../schema.ts';
import { Draft, refusal } from '../draft.ts';
import type { ImportedTrust, ImportSource } from '../importer.ts';
import { importRequirement } from './requirement.ts';
import { isBelow, type Scope, scopeOf } from './scope.ts';

const DOCKER = 'docker';
const MAX_SCOPES = 256;

interface ScopedRequirements {
  readonly scope: Scope;
  readonly where: string;
  readonly requirements: readonly Fields[];
}

/**
 * `policy.json` (containers-policy.json(5)). There the most specific scope alone counts; here every rule leaves out the
 * scopes below its own. Only the transport docker has repositories; other images are refused.
 */
export function importContainersPolicy({ text, file }: ImportSource): ImportedTrust {
  if (Buffer.byteLength(text) > LIMITS.trustConfigurationBytes) {
    throw limitExceeded(file, LIMITS.trustConfigurationBytes);
  }
  const policy = Fields.of(parseStrictJson(text, file), file, 'TRUST_IMPORT_INVALID');
  policy.only(['default', 'transports']);
  const draft = new Draft('containers-policy');
  const fallback = requirementsOf(policy, 'default');
  const transports = policy.optionalFields('transports');
  for (const transport of transports?.names().filter((name) => name !== DOCKER) ?? []) {
    draft.note(
      `transport ${quote(transport)}`,
      `transports.${transport}`,
      'Its scopes are no repositories. Images without one have no rule, so they are refused; a rule for local can be added.',
    );
  }
  const scopes = transports?.has(DOCKER) === true ? readScopes(transports.fields(DOCKER)) : [];
  if (!scopes.some(({ scope }) => scope.kind === 'all')) {
    scopes.push({ scope: scopeOf(''), where: 'default', requirements: fallback });
  }
  for (const scoped of scopes) {
    importScope(scoped, scopes, draft);
  }
  return draft.finish();
}

function readScopes(docker: Fields): ScopedRequirements[] {
  const names = docker.names();
  if (names.length > MAX_SCOPES) {
    throw docker.invalid('', `at most ${MAX_SCOPES} scopes`, String(names.length));
  }
  return names.map((name) => ({
    scope: scopeOf(name),
    where: `transports.${DOCKER}[${quote(name)}]`,
    requirements: requirementsOf(docker, name),
  }));
}

function requirementsOf(fields: Fields, member: string): readonly Fields[] {
  const items = fields.items(member);
  if (items.length === 0) {
    throw fields.invalid(member, 'at least one requirement', describe(fields.value(member)));
  }
  return items;
}

function importScope(scoped: ScopedRequirements, all: readonly ScopedRequirements[], draft: Draft): void {
  const { scope, where, requirements } = scoped;
  const require = requirements.flatMap((fields, index): readonly RequirementEntry[] => {
    const requirement = importRequirement(fields, `${where}[${index}]`, draft);
    return requirement === null ? [] : [requirement];
  });
  if (acceptsAnything(scoped)) {
    draft.note(
      'insecureAcceptAnything',
      where,
      'It accepts anything. Here such images are judged by the rules that are left, and refused where there is none.',
    );
    return;
  }
  if (scope.problem !== null) {
    draft.note(
      `scope ${quote(scope.text)}`,
      where,
      `${scope.problem} All that it may be about is refused: ${scope.patterns.join(', ')}.`,
    );
  }
  // Scopes that accept anything stay under the wider ones: those only ask for more.
  const except = all
    .filter((other) => isBelow(other.scope, scope) && other.scope.problem === null && !acceptsAnything(other))
    .flatMap((other) => other.scope.patterns);
  draft.rule(
    scope.kind === 'all' ? 'default' : scope.text,
    // Of an index, containers/image verifies the manifest of the platform that it takes.
    { repositories: [...scope.patterns], ...(except.length === 0 ? {} : { except }), platforms: 'each' },
    scope.problem === null
      ? require
      : [refusal(`${where} of the containers policy cannot be said here: ${scope.problem}`)],
  );
}

function acceptsAnything({ requirements }: ScopedRequirements): boolean {
  return requirements.every((fields) => fields.value('type') === 'insecureAcceptAnything');
}
