import { join } from 'node:path';
import { quote } from '#base/error.ts';
import type { PruneTarget } from '#model/cache.ts';
import { openCache } from '#store/cache/index.ts';
import type { Command, OptionValues } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { parseAge, parseSize } from '../quantities.ts';
import { renderCacheStatus, renderPruned } from '../render/cache.ts';
import { createStyle } from '../render/index.ts';
import { withTimeout } from '../timeout.ts';
import { outputOption } from './image-options.ts';

const ACTIONS = ['status', 'prune'] as const;
type Action = (typeof ACTIONS)[number];

const FORMATS = ['table', 'json'] as const;

/** Which action an option belongs to. */
const OPTIONS_OF: Readonly<Record<Action, readonly string[]>> = {
  status: ['verify'],
  prune: ['all', 'older-than', 'to'],
};

export const cache: Command = {
  name: 'cache',
  usage: 'status [--verify] | prune [--all | --older-than AGE | --to SIZE]',
  summary: 'show what is kept of images, and make room',
  description: [
    'status says what the cache holds and what it may take on the disk; --verify reads all of it and names what is damaged. A damaged entry does no harm: it is not believed, and made again when it is needed.',
    'prune removes what was not used for longest: down to the limit, or what its option says. It may be run at any time: scans that are under way go on.',
    'The cache is the folder cache below PLIMSOLL_HOME. It takes 2 GiB at most, or what PLIMSOLL_CACHE_SIZE says (500MB, 2GiB; 0 keeps nothing), and makes room by itself. Deleting it costs time and nothing else.',
  ],
  options: {
    output: outputOption(FORMATS),
    verify: { type: 'boolean', help: 'status: read every entry and name the damaged ones' },
    all: { type: 'boolean', help: 'prune: remove every entry' },
    'older-than': { type: 'string', value: 'AGE', help: 'prune: remove what was not used for so long: 12h, 30d, 8w' },
    to: { type: 'string', value: 'SIZE', help: 'prune: leave no more than this: 500MB, 1GiB' },
  },
  examples: [
    'plimsoll cache status',
    'plimsoll cache status --verify -o json',
    'plimsoll cache prune --older-than 30d',
  ],
  run: async ({ positionals, options }, io) => {
    const action = parseAction(positionals, options);
    const config = readConfig();
    const outputs = parseOutputs(options.texts('output'), FORMATS);
    const target = action === 'prune' ? parseTarget(options, config.cacheBytes, io.clock.now()) : null;
    await assertWritable(outputs);
    const open = openCache(join(config.home, 'cache'), { maxBytes: config.cacheBytes, clock: io.clock });
    return await withTimeout(options.text('timeout'), io, async (signal) => {
      const result =
        target === null
          ? await open.status({ verify: options.flag('verify'), signal })
          : await open.prune(target, signal);
      for (const output of outputs) {
        const colours = output.file === null && io.stdout.isTerminal && config.colours && !options.flag('no-color');
        const screen = { json: output.format === 'json', now: io.clock.now(), style: createStyle(colours) };
        const text = 'kinds' in result ? renderCacheStatus(result, screen) : renderPruned(result, screen);
        await writeOutput(output, text, io);
      }
      return 'failed' in result && result.failed.length > 0 ? 3 : 0;
    });
  },
};

function parseAction([word, ...more]: readonly string[], options: OptionValues): Action {
  const action = ACTIONS.find((candidate) => candidate === word);
  if (action === undefined || more.length > 0) {
    throw new Failure('USAGE', 'wrong arguments', {
      object: 'cache',
      expected: cache.usage,
      found: word === undefined ? 'nothing' : quote([word, ...more].join(' ')),
      hint: 'plimsoll cache --help says what each does.',
    });
  }
  const others = ACTIONS.filter((other) => other !== action).flatMap((other) => OPTIONS_OF[other]);
  const foreign = others.find((name) => options.flag(name) || options.text(name) !== undefined);
  if (foreign !== undefined) {
    throw new Failure('USAGE', `--${foreign} does not go with ${action}`, { object: 'cache', expected: cache.usage });
  }
  return action;
}

/** Without an option: down to the limit. */
function parseTarget(options: OptionValues, limit: number, now: number): PruneTarget {
  const age = options.text('older-than');
  const size = options.text('to');
  const targets: readonly PruneTarget[] = [
    ...(options.flag('all') ? [{ kind: 'all' } as const] : []),
    ...(age === undefined ? [] : [{ kind: 'unused-since', instant: now - parseAge(age, '--older-than') } as const]),
    ...(size === undefined ? [] : [{ kind: 'size', bytes: parseSize(size, '--to') } as const]),
  ];
  const [target = { kind: 'size', bytes: limit }, ...more] = targets;
  if (more.length > 0) {
    throw new Failure('USAGE', 'what is to go?', {
      object: 'cache prune',
      expected: 'one of --all, --older-than and --to',
      found: String(targets.length),
    });
  }
  return target;
}
