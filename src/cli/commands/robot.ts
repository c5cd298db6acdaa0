import { askApi } from '../server/api-client.ts';
import { type AccountAction, type AccountRun, accountCommand } from './account-action.ts';
import { ENVIRONMENT_OPTION, expiresInOf, GRANT_OPTION, grantsOf, listAll } from './account-options.ts';

const PREFIX = 'robot$';

const ACTIONS: readonly AccountAction[] = [
  {
    name: 'list',
    usage: '',
    description: 'list shows the robots that you administer, with their roles and when they end.',
    names: 0,
    options: [],
    run: async ({ target }) => await listAll(target, '/robots'),
  },
  {
    name: 'create',
    usage: '[PROJECT+]NAME --grant GRANT… [--environment NAME] [--expires TIME]',
    description:
      'create makes a robot, and shows its secret this once. With PROJECT+ it belongs to a project, whose administrators look after it.',
    names: 1,
    options: ['grant', 'environment', 'expires'],
    run: async (run) => {
      const { options, target } = run;
      const [project, name] = partsOf(run);
      const environment = options.text('environment') ?? null;
      const body = { project, name, grants: grantsOf(options), environment, expiresIn: expiresInOf(options) };
      return await askApi(target, 'POST', '/robots', body);
    },
  },
  {
    name: 'rotate',
    usage: '[PROJECT+]NAME [--expires TIME]',
    description:
      'rotate gives a robot another secret and another end, and shows the secret this once. The old one is worth nothing at once.',
    names: 1,
    options: ['expires'],
    run: async (run) =>
      await askApi(run.target, 'POST', `${pathOf(run)}/rotate`, { expiresIn: expiresInOf(run.options) }),
  },
  {
    name: 'grant',
    usage: '[PROJECT+]NAME --grant GRANT…',
    description: 'grant replaces all roles of a robot by these.',
    names: 1,
    options: ['grant'],
    run: async (run) => await askApi(run.target, 'PATCH', pathOf(run), { grants: grantsOf(run.options) }),
  },
  {
    name: 'disable',
    usage: '[PROJECT+]NAME',
    description: 'disable ends all tokens of a robot, which can log in again after enable.',
    names: 1,
    options: [],
    run: async (run) => await askApi(run.target, 'PATCH', pathOf(run), { isDisabled: true }),
  },
  {
    name: 'enable',
    usage: '[PROJECT+]NAME',
    description: 'enable undoes disable.',
    names: 1,
    options: [],
    run: async (run) => await askApi(run.target, 'PATCH', pathOf(run), { isDisabled: false }),
  },
  {
    name: 'remove',
    usage: '[PROJECT+]NAME',
    description: 'remove removes a robot for good.',
    names: 1,
    options: [],
    run: async (run) => await askApi(run.target, 'DELETE', pathOf(run)),
  },
];

export const robot = accountCommand({
  name: 'robot',
  summary: 'make, list, rotate and remove the robots of a server',
  description: [
    'A robot logs in as robot$[PROJECT+]NAME; here its name may be given without robot$, which shells read otherwise. docs/guides/accounts.md describes roles and scopes.',
  ],
  options: {
    grant: GRANT_OPTION,
    environment: ENVIRONMENT_OPTION,
    expires: { type: 'string', value: 'TIME', help: 'when its secret ends: 12h, 90d (default 90d, at most 366d)' },
  },
  examples: [
    "plimsoll robot create team+ci --grant 'publisher:team/*' --expires 30d",
    "plimsoll robot create cluster --grant 'deployer:*:production' --environment production",
    'plimsoll robot rotate team+ci',
  ],
  actions: ACTIONS,
});

function partsOf({ words: [word = ''] }: AccountRun): readonly [project: string | null, name: string] {
  const text = word.startsWith(PREFIX) ? word.slice(PREFIX.length) : word;
  const plus = text.indexOf('+');
  return plus === -1 ? [null, text] : [text.slice(0, plus), text.slice(plus + 1)];
}

function pathOf({ words: [word = ''] }: AccountRun): string {
  return `/robots/${encodeURIComponent(word.startsWith(PREFIX) ? word : `${PREFIX}${word}`)}`;
}
