import { quote } from '#base/error.ts';
import { SEVERITIES } from '#model/advisory.ts';
import { LIFECYCLES } from '#model/platform/state.ts';
import type { OptionSpec, OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import { parseAge } from '../quantities.ts';
import { renderCatalog } from '../render/catalog.ts';
import { renderImage } from '../render/catalog-image.ts';
import { answerOf } from '../server/answer.ts';
import { type ApiTarget, askApi } from '../server/api-client.ts';
import { parseServerImage, pathOfImage } from '../server/image-name.ts';
import { listSome } from '../server/list-some.ts';
import { type RemoteResult, type RemoteRun, remoteCommand } from '../server/remote-command.ts';

const OUTCOMES = ['admitted', 'warned', 'refused', 'unknown'];
const ORDERS = ['name', 'newest', 'worst'];
const FINDINGS_SHOWN = 1000;

/** Options that are parameters of the search, by their names there. */
const FILTERS = {
  name: { parameter: 'text', spec: { type: 'string', value: 'TEXT', help: 'a part of the name of the repository' } },
  state: { parameter: 'state', spec: { type: 'string', value: 'STATE', help: LIFECYCLES.join(', ') } },
  environment: {
    parameter: 'environment',
    spec: { type: 'string', value: 'NAME', help: 'with a verdict for this environment' },
  },
  outcome: {
    parameter: 'outcome',
    spec: { type: 'string', value: 'OUTCOME', help: `of that verdict: ${OUTCOMES.join(', ')}` },
  },
  package: {
    parameter: 'package',
    spec: { type: 'string', value: 'PURL', help: 'with this package, in any version or in one: pkg:npm/lodash' },
  },
  finding: { parameter: 'finding', spec: { type: 'string', value: 'ID', help: 'with this finding: CVE-2024-3094' } },
  severity: {
    parameter: 'severity',
    spec: { type: 'string', value: 'SEVERITY', help: 'with a finding of this severity' },
  },
  base: { parameter: 'base', spec: { type: 'string', value: 'NAME', help: 'built on the base image of this name' } },
  owner: { parameter: 'owner', spec: { type: 'string', value: 'NAME', help: 'in repositories of this owner' } },
  'min-score': {
    parameter: 'minScore',
    spec: { type: 'string', value: 'NUMBER', help: 'with a score of at least so much, from 0 to 100' },
  },
  'max-score': {
    parameter: 'maxScore',
    spec: { type: 'string', value: 'NUMBER', help: 'with a score of at most so much' },
  },
  order: { parameter: 'order', spec: { type: 'string', value: 'ORDER', help: `${ORDERS.join(', ')} (default name)` } },
} as const satisfies Readonly<Record<string, { readonly parameter: string; readonly spec: OptionSpec }>>;

/** What else goes with a search and not with an image. */
const SEARCH_TEXTS = ['older-than', 'newer-than', 'limit'];
const SEARCH_FLAGS = ['in-use', 'unused'];

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  state: LIFECYCLES,
  outcome: OUTCOMES,
  severity: SEVERITIES,
  order: ORDERS,
};

export const catalog = remoteCommand({
  name: 'catalog',
  usage: '[IMAGE] | [SEARCH OPTIONS]',
  summary: 'search the images of a server, or show one with its findings, verdicts, evidence and history',
  description: [
    'Without IMAGE lists the images that you may read about, one line for each platform. An image has to fit all the filters that you give.',
    'IMAGE is REPOSITORY:TAG or REPOSITORY@DIGEST, with the host of the server before it or not.',
  ],
  options: {
    ...Object.fromEntries(Object.entries(FILTERS).map(([name, { spec }]): [string, OptionSpec] => [name, spec])),
    'older-than': { type: 'string', value: 'AGE', help: 'built longer ago: 30d, 12h' },
    'newer-than': { type: 'string', value: 'AGE', help: 'built since then' },
    'in-use': { type: 'boolean', help: 'that run somewhere' },
    unused: { type: 'boolean', help: 'that run nowhere' },
    limit: { type: 'string', value: 'NUMBER', help: 'at most so many (default 100, at most 10000)' },
  },
  examples: [
    'plimsoll catalog --state quarantined',
    'plimsoll catalog --finding CVE-2024-3094 --in-use',
    'plimsoll catalog --environment production --outcome refused --order worst -o json',
    'plimsoll catalog mirror/library/alpine:3.20',
  ],
  words: [0, 1],
  run: async (run) => (run.words[0] === undefined ? await search(run) : await show(run, run.words[0])),
  render: (answer, screen) => {
    return answerOf(answer, 'catalog').optional('digest') === null
      ? renderCatalog(answer, screen)
      : renderImage(answer, screen);
  },
});

async function search({ options, target, io }: RemoteRun): Promise<RemoteResult> {
  const parameters = new URLSearchParams();
  for (const [name, { parameter }] of Object.entries(FILTERS)) {
    const value = options.text(name);
    if (value !== undefined) {
      assertChoice(name, value);
      assertPurl(name, value);
      assertScore(name, value);
      parameters.set(parameter, value);
    }
  }
  for (const [name, parameter] of [
    ['older-than', 'createdBefore'],
    ['newer-than', 'createdAfter'],
  ] as const) {
    const age = options.text(name);
    if (age !== undefined) {
      parameters.set(parameter, new Date(io.clock.now() - parseAge(age, `--${name}`)).toISOString());
    }
  }
  if (options.flag('in-use') && options.flag('unused')) {
    throw new Failure('USAGE', 'in use and not', {
      object: '--in-use',
      expected: '--in-use or --unused',
      found: 'both',
    });
  }
  if (options.flag('in-use') || options.flag('unused')) {
    parameters.set('inUse', String(options.flag('in-use')));
  }
  return { answer: await listSome(target, '/catalog', parameters, limitOf(options)) };
}

async function show({ options, target }: RemoteRun, text: string): Promise<RemoteResult> {
  const foreign =
    [...Object.keys(FILTERS), ...SEARCH_TEXTS].find((name) => options.text(name) !== undefined) ??
    SEARCH_FLAGS.find((name) => options.flag(name));
  if (foreign !== undefined) {
    throw new Failure('USAGE', `--${foreign} does not go with an image`, {
      object: 'catalog',
      expected: catalog.usage,
    });
  }
  const path = pathOfImage(parseServerImage(text, target.origin));
  const report = await askApi(target, 'GET', path);
  const [findings, history] = await Promise.all([
    listSome(target, `${path}/findings`, new URLSearchParams(), FINDINGS_SHOWN),
    historyOf(target, path),
  ]);
  return { answer: { ...(typeof report === 'object' ? report : {}), findings: findings.items, history } };
}

async function historyOf(target: ApiTarget, path: string): Promise<unknown> {
  const answer = await askApi(target, 'GET', `${path}/history`);
  return typeof answer === 'object' && answer !== null && 'items' in answer ? answer.items : [];
}

function assertChoice(name: string, value: string): void {
  const choices = CHOICES[name];
  if (choices !== undefined && !choices.includes(value)) {
    throw new Failure('USAGE', 'not one of these', {
      object: `--${name}`,
      expected: `one of ${choices.join(', ')}`,
      found: quote(value),
    });
  }
}

function assertPurl(name: string, value: string): void {
  if (name === 'package' && !value.startsWith('pkg:')) {
    throw new Failure('USAGE', 'not a package URL', {
      object: '--package',
      expected: 'pkg:npm/lodash or pkg:npm/lodash@4.17.20',
      found: quote(value),
      hint: 'plimsoll where NAME finds a package of any type.',
    });
  }
}

function assertScore(name: string, value: string): void {
  if (name.endsWith('-score') && !/^(?:100|[0-9]{1,2}(?:\.[0-9]{1,2})?)$/.test(value)) {
    throw new Failure('USAGE', 'not a score', {
      object: `--${name}`,
      expected: 'a number from 0 to 100',
      found: quote(value),
    });
  }
}

function limitOf(options: OptionValues): number {
  const text = options.text('limit') ?? '100';
  if (!/^[1-9][0-9]{0,4}$/.test(text) || Number(text) > 10_000) {
    throw new Failure('USAGE', 'not a number of images', {
      object: '--limit',
      expected: 'a number from 1 to 10000',
      found: quote(text),
    });
  }
  return Number(text);
}
