import { randomUUID } from 'node:crypto';
import { isDuration, toMilliseconds } from '#base/duration.ts';
import { quote } from '#base/error.ts';
import type { Command, OptionSpec, OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import { renderExceptions } from '../render/remote-exceptions.ts';
import { askApi } from '../server/api-client.ts';
import { listSome } from '../server/list-some.ts';
import { type RemoteResult, type RemoteRun, remoteCommand } from '../server/remote-command.ts';

const MAX_LISTED = 10_000;
const SECOND_MS = 1000;

const LISTS = {
  repository: { value: 'SCOPE', help: 'a repository of the server, or all below a prefix: team/app, team/*' },
  digest: { value: 'DIGEST', help: 'a manifest, or the index that it is in' },
  package: { value: 'PURL', help: 'a package URL, without a version for every version of it' },
  rule: { value: 'POLICY[/RULE]', help: 'a rule that may be broken, or all of a policy' },
  finding: { value: 'ID', help: 'a finding that is let pass: an id or alias' },
  environment: { value: 'NAME', help: 'an environment that it is for; all of them when there is none' },
} as const;
const TEXTS = {
  reason: { value: 'TEXT', help: 'why; needed but for list and show' },
  owner: { value: 'TEXT', help: 'who sees to it that it ends' },
  ticket: { value: 'TEXT', help: 'where it is written down' },
  expires: { value: 'TIME', help: 'when it ends: 14d, 12h, 2027-01-31 or 2027-01-31T12:00:00Z' },
  justification: { value: 'WORD', help: 'of OpenVEX: why the findings do not affect the image' },
  state: { value: 'STATE', help: 'with list: pending, approved, rejected or withdrawn' },
} as const;

type OptionName = keyof typeof LISTS | keyof typeof TEXTS;
const REQUEST: readonly OptionName[] = [
  'repository',
  'digest',
  'package',
  'rule',
  'finding',
  'environment',
  'reason',
  'owner',
  'ticket',
  'expires',
  'justification',
];

interface Action {
  readonly name: string;
  readonly usage: string;
  readonly words: 0 | 1;
  readonly options: readonly OptionName[];
  run(run: RemoteRun, name: string): Promise<unknown>;
}

const ACTIONS: readonly Action[] = [
  {
    name: 'request',
    usage:
      'NAME --reason TEXT --owner TEXT --ticket TEXT --expires TIME [--repository SCOPE]… [--digest DIGEST]… [--package PURL]… [--rule POLICY[/RULE]]… [--finding ID]… [--environment NAME]…',
    words: 1,
    options: REQUEST,
    run: async ({ options, target }, name) => {
      const texts = Object.fromEntries(['reason', 'owner', 'ticket'].map((key) => [key, needed(options, key)]));
      const lists = {
        repositories: options.texts('repository'),
        digests: options.texts('digest'),
        packages: options.texts('package'),
        rules: options.texts('rule'),
        findings: options.texts('finding'),
        environments: options.texts('environment'),
      };
      const justification = options.text('justification') ?? null;
      const body = { name, ...lists, ...texts, justification, ...endOf(needed(options, 'expires')) };
      return await askApi(target, 'POST', '/exceptions', body, randomUUID());
    },
  },
  decision('approve', 'POST'),
  decision('reject', 'POST'),
  {
    name: 'end',
    usage: 'NAME --reason TEXT',
    words: 1,
    options: ['reason'],
    run: async ({ options, target }, name) => {
      const query = new URLSearchParams({ reason: needed(options, 'reason') });
      return await askApi(target, 'DELETE', `${pathOf(name)}?${query.toString()}`);
    },
  },
  {
    name: 'show',
    usage: 'NAME',
    words: 1,
    options: [],
    run: async ({ target }, name) => await askApi(target, 'GET', pathOf(name)),
  },
  {
    name: 'list',
    usage: '[--state STATE]',
    words: 0,
    options: ['state'],
    run: async ({ options, target }) => {
      const state = options.text('state');
      const query = new URLSearchParams(state === undefined ? {} : { state });
      return await listSome(target, '/exceptions', query, MAX_LISTED);
    },
  },
];

export const exception: Command = remoteCommand({
  name: 'exception',
  usage: ACTIONS.map(({ name, usage }) => `${name} ${usage}`).join(' | '),
  summary: 'ask for exceptions from policy, and decide about those that others asked for',
  description: [
    'request asks that a rule may be broken, or that findings are let pass, for some repositories, digests or packages, until an instant. It takes at least one of --repository, --digest and --package, and one of --rule and --finding; it is for what fits one of each kind that you give. Whoever may read about all of these may ask. It lets nothing pass until somebody approves it.',
    'approve and reject take the role approver for all that it is for, in all of its environments. Nobody decides about what they asked for, and no robot decides.',
    'end ends an exception, or withdraws what was asked for: whoever asked may, and whoever could approve it. By itself it ends when its time is over; an environment says how long that may be.',
    'docs/guides/documents.md describes it.',
  ],
  options: {
    ...specs(LISTS, true),
    ...specs(TEXTS, false),
  },
  examples: [
    "plimsoll exception request lodash-app --repository team/app --finding CVE-2020-8203 --environment production --expires 14d --owner team --ticket SEC-17 --reason 'not reachable'",
    "plimsoll exception approve lodash-app --reason 'checked with the team'",
    'plimsoll exception list --state pending',
  ],
  words: [1, 2],
  run: async (run): Promise<RemoteResult> => {
    const [word = '', name = ''] = run.words;
    const action = ACTIONS.find((one) => one.name === word);
    if (action === undefined || run.words.length - 1 !== action.words) {
      throw new Failure('USAGE', 'wrong arguments', {
        object: 'exception',
        expected:
          action === undefined
            ? `one of ${ACTIONS.map((one) => one.name).join(', ')}`
            : `${action.name} ${action.usage}`,
        found: quote(run.words.join(' ')),
        hint: 'plimsoll exception --help says what each does.',
      });
    }
    assertOwnOptions(action, run.options);
    return { answer: await action.run(run, name) };
  },
  render: renderExceptions,
});

function decision(name: 'approve' | 'reject', method: 'POST'): Action {
  return {
    name,
    usage: 'NAME --reason TEXT',
    words: 1,
    options: ['reason'],
    run: async ({ options, target }, called) =>
      await askApi(target, method, `${pathOf(called)}/${name}`, { reason: needed(options, 'reason') }, randomUUID()),
  };
}

function specs(
  options: Readonly<Record<string, { readonly value: string; readonly help: string }>>,
  multiple: boolean,
): Readonly<Record<string, OptionSpec>> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value, help }]) => [
      name,
      { type: 'string' as const, value, help, ...(multiple && { multiple }) },
    ]),
  );
}

function assertOwnOptions(action: Action, options: OptionValues): void {
  const given = (name: OptionName): boolean =>
    name in LISTS ? options.texts(name).length > 0 : options.text(name) !== undefined;
  const all: readonly OptionName[] = [...REQUEST, 'state'];
  const foreign = all.find((name) => !action.options.includes(name) && given(name));
  if (foreign !== undefined) {
    throw new Failure('USAGE', `--${foreign} does not go with ${action.name}`, {
      object: 'exception',
      expected: `${action.name} ${action.usage}`,
    });
  }
}

function needed(options: OptionValues, name: string): string {
  const text = options.text(name)?.trim() ?? '';
  if (text === '') {
    throw new Failure('USAGE', `--${name} is needed`, {
      object: 'exception',
      expected: `--${name} and a text`,
      found: 'none',
    });
  }
  return text;
}

/** A time from now on is counted by the clock of the server. */
function endOf(text: string): { readonly expiresIn: number } | { readonly expires: string } {
  if (isDuration(text)) {
    return { expiresIn: toMilliseconds(text) / SECOND_MS };
  }
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new Failure('USAGE', 'not a time', {
      object: '--expires',
      expected: '14d, 12h, 2027-01-31 or 2027-01-31T12:00:00Z',
      found: quote(text),
    });
  }
  return { expires: new Date(text).toISOString() };
}

function pathOf(name: string): string {
  return `/exceptions/${encodeURIComponent(name)}`;
}
