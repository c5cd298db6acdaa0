import { isAppError, messageOf, quote } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { nearest } from '#base/nearest.ts';
import type { PolicyException, PolicySet } from '#model/policy.ts';
import { ExceptionError } from '../error.ts';
import { readStored } from '../read.ts';
import type { AskedException } from './record.ts';
import { patternsOf } from './scope.ts';

/** Who and when, as the document says it: never what somebody wrote. */
export interface Signatures {
  readonly requester: string;
  readonly approver: string;
  /** Milliseconds UTC. */
  readonly requestedAt: number;
}

/** The document that decides once it is approved. Throws `EXCEPTION_INVALID` for one that there may not be. */
export async function exceptionDocumentOf(
  name: string,
  asked: AskedException,
  signatures: Signatures,
  { set, host }: { readonly set: PolicySet; readonly host: string },
): Promise<PolicyException> {
  const repositories = [...patternsOf(asked.scopes, host, set), ...asked.patterns];
  if (asked.scopes.length > 0 && repositories.length === 0) {
    throw invalid('repositories', 'names of repositories that policies can name', quote(asked.scopes.join(', ')));
  }
  const text = canonicalJson({
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Exception',
    metadata: { name },
    scope: filled({ digests: asked.digests, repositories, packages: asked.packages }),
    for: filled({ rules: asked.rules, findings: asked.findings }),
    ...filled({ environments: asked.environments }),
    reason: asked.reason,
    owner: asked.owner,
    ticket: asked.ticket,
    requester: signatures.requester,
    approver: signatures.approver,
    requested: new Date(signatures.requestedAt).toISOString(),
    expires: asked.expires,
    ...(asked.justification !== null && { justification: asked.justification }),
  });
  const document = await read(text, name);
  assertKnown(asked, set);
  assertTime(document, set);
  return document;
}

async function read(text: string, name: string): Promise<PolicyException> {
  try {
    const document = await readStored('Exception', text, `Exception/${name}`, null);
    if (document.kind === 'Exception') {
      return document;
    }
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    throw new ExceptionError('EXCEPTION_INVALID', 'not an exception that there may be', {
      found: messageOf(error),
      cause: error,
    });
  }
  throw invalid(name, 'an exception', 'another kind');
}

/** What is misspelt would let nothing pass, and nobody would know why. */
function assertKnown({ rules, environments }: AskedException, set: PolicySet): void {
  const names = set.environments.map((one) => one.name);
  const unknown = environments.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw invalid('environments', `names of environments (${names.join(', ')})`, named(unknown, names));
  }
  const known = set.policies.flatMap((policy) => [
    policy.name,
    ...policy.validations.map((rule) => `${policy.name}/${rule.name}`),
  ]);
  const rule = rules.find((name) => !known.includes(name));
  if (rule !== undefined) {
    throw invalid('rules', 'POLICY/RULE or POLICY of a policy that there is', named(rule, known));
  }
}

function named(text: string, known: readonly string[]): string {
  const meant = nearest(text, known);
  return `${quote(text)}${meant === null ? '' : `; did you mean ${quote(meant)}?`}`;
}

function assertTime({ environments, requested, expires }: PolicyException, set: PolicySet): void {
  const length = Date.parse(expires) - Date.parse(requested);
  const short = set.environments
    .filter(({ name }) => environments.length === 0 || environments.includes(name))
    .find((environment) => length > environment.exceptions.maximumMs);
  if (short !== undefined) {
    const latest = new Date(Date.parse(requested) + short.exceptions.maximumMs).toISOString();
    throw invalid('expires', `${latest} at the latest, as the environment ${short.name} has it`, expires);
  }
}

export function invalid(object: string, expected: string, found: string): ExceptionError {
  return new ExceptionError('EXCEPTION_INVALID', 'not an exception that there may be', { object, expected, found });
}

/** Documents leave out what is empty. */
function filled(members: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(members).filter(([, values]) => values.length > 0));
}
