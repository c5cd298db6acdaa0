import { isDuration, toMilliseconds } from '#base/duration.ts';
import { quote } from '#base/error.ts';
import { membersOf } from '#base/json/members.ts';
import type { OptionSpec, OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import { type ApiTarget, askApi } from '../server/api-client.ts';

const PAGE = 500;
/** Accounts that one list shows. */
const MAX_PAGES = 200;

export const GRANT_OPTION: OptionSpec = {
  type: 'string',
  multiple: true,
  value: 'ROLE:SCOPE[:ENVIRONMENT]',
  help: 'a role for *, a repository or all below a prefix: viewer:*, publisher:team/*, deployer:team/*:production',
};
export const ENVIRONMENT_OPTION: OptionSpec = {
  type: 'string',
  value: 'NAME',
  help: 'the environment that the account pulls for: it gets only what is approved for that',
};

/** A grant as the server takes it. */
export interface GrantInput {
  readonly role: string;
  readonly scope: string;
  readonly environment: string;
}

/** The grants of `--grant`; what they mean is for the server to judge. Throws `USAGE`. */
export function grantsOf(options: OptionValues): readonly GrantInput[] {
  return options.texts('grant').map((text) => {
    const [role = '', scope = '', environment = '*', ...more] = text.split(':');
    if (role === '' || scope === '' || environment === '' || more.length > 0) {
      throw new Failure('USAGE', 'not a grant', {
        object: '--grant',
        expected: 'ROLE:SCOPE or ROLE:SCOPE:ENVIRONMENT',
        found: quote(text),
      });
    }
    return { role, scope, environment };
  });
}

/** Seconds of `--expires`: `12h`, `90d`. Throws `USAGE`. */
export function expiresInOf(options: OptionValues): number {
  const text = options.text('expires') ?? '90d';
  if (!isDuration(text)) {
    throw new Failure('USAGE', 'how long?', {
      object: '--expires',
      expected: 'minutes, hours or days, such as 12h or 90d',
      found: quote(text),
    });
  }
  return toMilliseconds(text) / 1000;
}

/** All pages of a list. */
export async function listAll(target: ApiTarget, path: string): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let after: string | null = null;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const from: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const page = membersOf(await askApi(target, 'GET', `${path}?limit=${PAGE}${from}`));
    const found = page?.get('items');
    const next = page?.get('next');
    if (!Array.isArray(found)) {
      break;
    }
    items.push(...(found as readonly unknown[]));
    if (typeof next !== 'string') {
      return items;
    }
    after = next;
  }
  throw new Failure('SERVER_ANSWER_INVALID', 'not a list of the API', { object: path, expected: 'pages that end' });
}
