import { quote } from '#base/error.ts';
import { silentLog } from '#base/log.ts';
import { loadServerConfig, recoverUser } from '#server/index.ts';
import type { Command, CommandInput } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { askApi } from '../server/api-client.ts';
import { readPassword } from '../server/password.ts';
import { type AccountAction, type AccountRun, accountCommand } from './account-action.ts';
import { ENVIRONMENT_OPTION, GRANT_OPTION, grantsOf, listAll } from './account-options.ts';

const ACTIONS: readonly AccountAction[] = [
  {
    name: 'list',
    usage: '',
    description: 'list shows all users, with their roles.',
    names: 0,
    options: [],
    run: async ({ target }) => await listAll(target, '/users'),
  },
  {
    name: 'create',
    usage: 'NAME [--grant GRANT]… [--environment NAME] [--password-stdin]',
    description: 'create makes a user. Without --grant it may do nothing yet.',
    names: 1,
    options: ['grant', 'environment', 'password-stdin'],
    run: async (run) => {
      const { words, options, target } = run;
      const password = await newPassword(run);
      const environment = options.text('environment') ?? null;
      const body = { name: words[0], password, grants: grantsOf(options), environment };
      return await askApi(target, 'POST', '/users', body);
    },
  },
  {
    name: 'grant',
    usage: 'NAME [--grant GRANT]…',
    description: 'grant replaces all roles of a user by these; by none without --grant.',
    names: 1,
    options: ['grant'],
    run: async (run) => await change(run, { grants: grantsOf(run.options) }),
  },
  {
    name: 'password',
    usage: 'NAME [--password-stdin]',
    description:
      'password sets the password of a user, which ends all tokens. For your own the credential that is kept proves that it is you; log in again then.',
    names: 1,
    options: ['password-stdin'],
    run: async (run) => {
      const { target } = run;
      const isOwn = run.words[0] === target.credential.username;
      const password = await newPassword(run);
      const body = { password, current: isOwn ? target.credential.password : null };
      return await askApi(target, 'PUT', `${pathOf(run)}/password`, body);
    },
  },
  {
    name: 'disable',
    usage: 'NAME',
    description: 'disable ends all tokens of a user, who can log in again after enable.',
    names: 1,
    options: [],
    run: async (run) => await change(run, { isDisabled: true }),
  },
  {
    name: 'enable',
    usage: 'NAME',
    description: 'enable undoes disable.',
    names: 1,
    options: [],
    run: async (run) => await change(run, { isDisabled: false }),
  },
  {
    name: 'remove',
    usage: 'NAME',
    description: 'remove removes a user for good.',
    names: 1,
    options: [],
    run: async (run) => await askApi(run.target, 'DELETE', pathOf(run)),
  },
];

const remote = accountCommand({
  name: 'user',
  summary: 'make, list, change and remove the users of a server',
  description: ['docs/guides/accounts.md describes roles and scopes. plimsoll login comes first.'],
  options: {
    grant: GRANT_OPTION,
    environment: ENVIRONMENT_OPTION,
    'password-stdin': { type: 'boolean', help: 'read the password from standard input' },
    config: { type: 'string', value: 'FILE', help: 'with recover: the configuration, as for plimsoll serve' },
  },
  examples: [
    "plimsoll user create alice --grant 'publisher:team/*'",
    "plimsoll user grant alice --grant 'viewer:*' --grant 'approver:team/*:staging'",
    'plimsoll user list -o json',
  ],
  actions: ACTIONS,
});

export const user: Command = {
  ...remote,
  usage: `${remote.usage} | recover NAME [--config FILE]`,
  description: [
    ...remote.description,
    'recover works where the server runs, on its records and without a login, for when nobody can log in any more: it gives a user a new password, which is shown once, ends all tokens of it and enables it. The server may run.',
  ],
  run: async (input, io) =>
    input.positionals[0] === 'recover' ? await recover(input, io) : await remote.run(input, io),
};

async function recover({ positionals, options }: CommandInput, io: Io): Promise<number> {
  const [, name, ...more] = positionals;
  if (name === undefined || more.length > 0) {
    throw new Failure('USAGE', 'wrong arguments', {
      object: 'user',
      expected: 'recover NAME [--config FILE]',
      found: quote(positionals.join(' ')),
    });
  }
  const config = await loadServerConfig({ file: options.text('config') ?? null, ...readConfig() });
  const { secret } = await recoverUser({ config, name, clock: io.clock, log: silentLog });
  io.out(`A new password was set; it is shown only here:\n  user      ${name}\n  password  ${secret}\n`);
  return 0;
}

async function newPassword({ words, options, io, signal }: AccountRun): Promise<string> {
  return await readPassword(options, io, `New password of ${words[0] ?? ''}`, { isNew: true, signal });
}

async function change(run: AccountRun, body: object): Promise<unknown> {
  return await askApi(run.target, 'PATCH', pathOf(run), body);
}

function pathOf({ words }: AccountRun): string {
  return `/users/${encodeURIComponent(words[0] ?? '')}`;
}
