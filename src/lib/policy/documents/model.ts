import { digestOf, parseDigest } from '#base/digest.ts';
import { toMilliseconds } from '#base/duration.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { type OpenYaml, placeText } from '#base/yaml.ts';
import type {
  AcquireRules,
  DocumentHead,
  Environment,
  Expression,
  NamedExpression,
  Parameter,
  Policy,
  PolicyException,
  Source,
} from '#model/policy.ts';
import { type AcquireEntry, registryOf, tagRuleOf } from './acquire-schema.ts';
import {
  type EnvironmentEntry,
  type ExceptionEntry,
  environmentDocument,
  exceptionDocument,
  type PolicyEntry,
  policyDocument,
  type SourceEntry,
  sourceDocument,
} from './schema.ts';
import { waitMilliseconds } from './schema-parts.ts';

/** Where it is not said otherwise. */
const DEFAULT_SEVERITY = 'high';
const DEFAULT_MAXIMUM_EXCEPTION = '90d';
const DEFAULT_WAIT_MS = 60_000;

/** The document of a kind as the model has it. All that is wrong is told by `yaml.check`. */
export function modelOf(
  yaml: OpenYaml,
  kind: 'Policy' | 'Environment' | 'Exception' | 'Source',
  file: string,
): Policy | Environment | PolicyException | Source {
  switch (kind) {
    case 'Policy': {
      const entry = yaml.check(policyDocument);
      return { kind, ...headOf(yaml, entry.metadata.name, file), ...policyOf(entry, expressionsOf(yaml, file)) };
    }
    case 'Environment': {
      const entry = yaml.check(environmentDocument);
      return { kind, ...headOf(yaml, entry.metadata.name, file), ...environmentOf(entry) };
    }
    case 'Exception': {
      const entry = yaml.check(exceptionDocument);
      return { kind, ...headOf(yaml, entry.metadata.name, file), ...exceptionOf(entry) };
    }
    case 'Source': {
      const entry = yaml.check(sourceDocument);
      return { kind, ...headOf(yaml, entry.metadata.name, file), ...sourceOf(entry) };
    }
  }
}

function headOf(yaml: OpenYaml, name: string, file: string): DocumentHead {
  const canonical = canonicalJson(yaml.data);
  return { name, digest: digestOf(canonical), canonical, file, positions: yaml.positions() };
}

type Body<T> = Omit<T, keyof DocumentHead | 'kind'>;
type ExpressionAt = (path: readonly (string | number)[]) => Expression;

function expressionsOf(yaml: OpenYaml, file: string): ExpressionAt {
  return (path) => {
    const found = yaml.textAt(path);
    const { text, line, column, jumps } = found ?? { text: '', line: 0, column: 0, jumps: [] };
    const place = `${file}, line ${line}, ${placeText(path)}`;
    return { text, place, line, column, ...(jumps.length > 0 && { jumps }) };
  };
}

function policyOf(
  { metadata, parameters, match, variables, validations }: PolicyEntry,
  at: ExpressionAt,
): Body<Policy> {
  return {
    title: metadata.title ?? metadata.name,
    description: metadata.description ?? '',
    parameters: Object.fromEntries(
      Object.entries(parameters ?? {}).map(([name, { default: value, ...parameter }]): [string, Parameter] => [
        name,
        value === undefined ? parameter : { ...parameter, default: value },
      ]),
    ),
    match: {
      stages: match?.stages ?? [],
      repositories: match?.repositories ?? [],
      excludeRepositories: match?.excludeRepositories ?? [],
      platforms: match?.platforms ?? [],
      conditions: named(match?.conditions ?? [], ['match', 'conditions'], at),
    },
    variables: named(variables ?? [], ['variables'], at),
    validations: validations.map(({ name, message, messageExpression, action, grace, stages, remediation }, index) => ({
      name,
      expression: at(['validations', index, 'expression']),
      message,
      messageExpression: messageExpression === undefined ? null : at(['validations', index, 'messageExpression']),
      action: action ?? 'deny',
      stages: stages ?? [],
      grace: grace ?? true,
      remediation: remediation ?? '',
    })),
  };
}

function named(
  entries: readonly { readonly name: string }[],
  path: readonly string[],
  at: ExpressionAt,
): readonly NamedExpression[] {
  return entries.map(({ name }, index) => ({ name, expression: at([...path, index, 'expression']) }));
}

function environmentOf(entry: EnvironmentEntry): Body<Environment> {
  const { metadata, maximumAge, advisoryMaximumAge, grace } = entry;
  const milliseconds = (duration: string | undefined): number | null =>
    duration === undefined ? null : toMilliseconds(duration);
  return {
    title: metadata.title ?? metadata.name,
    description: metadata.description ?? '',
    policies: entry.policies.map(({ policy, parameters, action, without }) => ({
      policy,
      parameters: parameters ?? {},
      action: action ?? null,
      without: without ?? [],
    })),
    unmatched: entry.unmatched ?? 'deny',
    severity: entry.severity ?? DEFAULT_SEVERITY,
    maximumAgeMs: milliseconds(maximumAge),
    graceMs: milliseconds(grace) ?? 0,
    tolerated: (entry.tolerated ?? []).map(({ kind, paths, reason }) => ({ kind, paths: paths ?? [], reason })),
    advisoryMaximumAgeMs: milliseconds(advisoryMaximumAge),
    alerts: entry.alerts ?? 'moderate',
    exceptions: { maximumMs: toMilliseconds(entry.exceptions?.maximum ?? DEFAULT_MAXIMUM_EXCEPTION) },
  };
}

function exceptionOf(entry: ExceptionEntry): Body<PolicyException> {
  const { scope, reason, owner, requester, approver, ticket } = entry;
  return {
    scope: {
      digests: (scope.digests ?? []).map((text) => parseDigest(text)),
      repositories: scope.repositories ?? [],
      packages: scope.packages ?? [],
    },
    for: { rules: entry.for.rules ?? [], findings: entry.for.findings ?? [] },
    environments: entry.environments ?? [],
    reason,
    owner,
    requester,
    approver,
    ticket,
    requested: utc(entry.requested),
    expires: utc(entry.expires),
    justification: entry.justification ?? null,
  };
}

function sourceOf({ metadata, repositories, bases, packages, acquire }: SourceEntry): Body<Source> {
  return {
    title: metadata.title ?? metadata.name,
    repositories: repositories ?? [],
    bases: (bases ?? []).map(({ name, layers, released, supersededAt }) => ({
      name,
      layers: layers.map((text) => parseDigest(text)),
      released: utc(released),
      supersededAt: supersededAt === undefined ? null : utc(supersededAt),
    })),
    packages: packages ?? [],
    acquire: acquire === undefined ? null : acquireOf(acquire),
  };
}

function acquireOf(entry: AcquireEntry): AcquireRules {
  const { registry, repositories, tags, platforms, into, trust, credentials, network, tls, every } = entry;
  const { environment, firstPull } = entry;
  return {
    registry: registryOf(registry) ?? registry,
    repositories,
    tags: (tags ?? []).map(tagRuleOf),
    platforms: platforms ?? [],
    into,
    trust: trust ?? null,
    credentials: credentials ?? null,
    network: network ?? 'public',
    tls: tls ?? 'verify',
    everyMs: every === undefined ? null : toMilliseconds(every),
    environment,
    firstPull: {
      mode: firstPull === undefined ? 'off' : (firstPull.mode ?? 'hold'),
      waitMs: firstPull?.wait === undefined ? DEFAULT_WAIT_MS : waitMilliseconds(firstPull.wait),
    },
  };
}

function utc(instant: string): string {
  return new Date(instant).toISOString();
}
