import { dirname, resolve } from 'node:path';
import { showTrust, updateTrustRoot } from '#assess/index.ts';
import { quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { importTrust } from '#lib/trust/index.ts';
import type { Command, OptionValues } from '../command.ts';
import { type Config, readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { assertWritable, writeOutput, writeResult } from '../outputs.ts';
import { createStyle } from '../render/index.ts';
import { renderImportNotes, renderTrust, renderUpdatedRoot } from '../render/trust.ts';
import { withTimeout } from '../timeout.ts';
import { trustFile } from '../trust-source.ts';

const ACTIONS = ['show', 'import', 'update-root'] as const;
type Action = (typeof ACTIONS)[number];

/** Policies that can be taken over, by their importers' ids. */
const POLICIES = ['notation', 'cluster-image-policy', 'containers-policy'] as const;

/** Which action an option belongs to. */
const OPTIONS_OF: Readonly<Record<Action, readonly string[]>> = {
  show: [],
  import: ['trust-store', 'output'],
  'update-root': ['root', 'url', 'target'],
};

/** Sigstore's public good instance. */
const PUBLIC_REPOSITORY = 'https://tuf-repo-cdn.sigstore.dev';

export const trust: Command = {
  name: 'trust',
  usage: `show [FILE] | import POLICY FILE [-o FILE] | update-root --root ROOT.json FILE`,
  summary: 'show whom a trust configuration trusts, take over policies of other tools, refresh a trust root',
  description: [
    'show reads a trust configuration with all the files that it names (FILE, else PLIMSOLL_TRUST, else trust.yaml in $XDG_CONFIG_HOME/plimsoll) and prints who has to sign what, with the fingerprints of keys and certificates and until when they count. What is wrong is said with its line.',
    `import prints a policy of another tool as a trust configuration: POLICY is notation (trustpolicy.json with the trust store beside it), cluster-image-policy (of the Sigstore policy-controller) or containers-policy (policy.json of podman and skopeo). What comes out accepts nothing that the policy refuses; all that could not be carried over is named on standard error.`,
    'update-root fetches the newest trusted_root.json over The Update Framework (TUF) and puts it into FILE. It starts from a root.json of that repository that you trust, and never goes back to something older. No other command asks the network for whom to trust.',
    'Exit codes: 0, 2 wrong usage, 3 a file cannot be read or used, or the repository cannot be believed.',
  ],
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', help: 'import: write the configuration there' },
    'trust-store': {
      type: 'string',
      value: 'DIR',
      help: 'import notation: the folder that holds x509/ (default: truststore beside the policy)',
    },
    root: { type: 'string', value: 'FILE', help: 'update-root: a root.json of the repository that you trust' },
    url: { type: 'string', value: 'URL', help: `update-root: the TUF repository (default ${PUBLIC_REPOSITORY})` },
    target: { type: 'string', value: 'NAME', help: 'update-root: what to fetch (default trusted_root.json)' },
  },
  examples: [
    'plimsoll trust show trust.yaml',
    'plimsoll trust import notation ~/.config/notation/trustpolicy.json -o trust.yaml',
    'plimsoll trust update-root --root root.json trusted_root.json',
  ],
  run: async ({ positionals, options }, io) => {
    const [word = '', ...words] = positionals;
    const action = parseAction(word, words, options);
    const config = readConfig();
    switch (action) {
      case 'show':
        return await show(words[0], config, options, io);
      case 'import':
        return await importPolicy(words, options, io);
      case 'update-root':
        return await updateRoot(words, config, options, io);
    }
  },
};

function parseAction(word: string, words: readonly string[], options: OptionValues): Action {
  const action = ACTIONS.find((candidate) => candidate === word);
  const count = words.length;
  const fits = action === 'show' ? count <= 1 : action === 'import' ? count === 2 : count === 1;
  if (action === undefined || !fits) {
    throw wrongUsage('wrong arguments', word === '' ? 'nothing' : quote([word, ...words].join(' ')));
  }
  const foreign = ACTIONS.filter((other) => other !== action)
    .flatMap((other) => OPTIONS_OF[other])
    .find((name) => options.text(name) !== undefined);
  if (foreign !== undefined) {
    throw wrongUsage(`--${foreign} does not go with ${action}`);
  }
  return action;
}

async function show(named: string | undefined, config: Config, options: OptionValues, io: Io): Promise<number> {
  const path = await trustFile(named, config);
  if (path === null) {
    throw new Failure('USAGE', 'no trust configuration', {
      object: 'trust show',
      expected: 'a file, PLIMSOLL_TRUST, or trust.yaml in the configuration folder',
      found: 'none of them',
      hint: 'docs/guides/trust.md shows configurations to begin with.',
    });
  }
  const now = io.clock.now();
  const { isTerminal, columns } = io.stdout;
  const screen = {
    width: isTerminal ? columns : 80,
    style: createStyle(isTerminal && config.colours && !options.flag('no-color')),
    now,
  };
  io.out(renderTrust(await showTrust(path, now), path, screen));
  return 0;
}

async function importPolicy(
  [policy = '', named = '']: readonly string[],
  options: OptionValues,
  io: Io,
): Promise<number> {
  if (!POLICIES.some((known) => known === policy)) {
    throw wrongUsage('unknown policy', quote(policy), POLICIES.join(', '));
  }
  const store = options.text('trust-store');
  if (store !== undefined && policy !== 'notation') {
    throw wrongUsage(`--trust-store does not go with ${policy}`);
  }
  const file = resolve(named);
  const output = options.text('output');
  const target = { format: 'yaml', file: output === undefined ? null : resolve(output) };
  await assertWritable([target]);
  const folder = dirname(target.file ?? file);
  const imported = await importTrust({
    importer: policy,
    file,
    trustStore: store === undefined ? null : resolve(store),
    folder,
  });
  await writeOutput(target, imported.yaml, io);
  io.err(renderImportNotes(imported, target.file === null ? folder : null));
  return 0;
}

async function updateRoot(
  [named = '']: readonly string[],
  config: Config,
  options: OptionValues,
  io: Io,
): Promise<number> {
  const root = options.text('root');
  if (root === undefined) {
    throw new Failure('USAGE', 'where does trust begin?', {
      object: 'trust update-root',
      expected: '--root with a root.json of the repository that you trust',
      found: 'none',
      hint: 'docs/guides/trust.md says where to get the one of Sigstore.',
    });
  }
  const url = repositoryUrl(options.text('url') ?? PUBLIC_REPOSITORY);
  const file = resolve(named);
  await assertWritable([{ format: 'json', file }]);
  return await withTimeout(options.text('timeout'), io, async (signal) => {
    const refreshed = await updateTrustRoot({
      url,
      rootFile: resolve(root),
      target: options.text('target') ?? 'trusted_root.json',
      home: config.home,
      proxies: config.environment,
      signal,
    });
    const before = await readFileBounded(file, LIMITS.trustRootBytes).catch(() => null);
    const changed = before === null || Buffer.compare(before, refreshed.bytes) !== 0;
    if (changed) {
      await writeResult(file, refreshed.bytes);
    }
    io.out(renderUpdatedRoot({ ...refreshed, file: named, url, changed }));
    return 0;
  });
}

/** Without a slash at its end. */
function repositoryUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new Failure('USAGE', 'not a TUF repository', {
      object: '--url',
      expected: 'a URL that begins with https:// or http://, and nothing behind its path',
      found: quote(text),
    });
  }
  return url.href.endsWith('/') ? url.href.slice(0, -1) : url.href;
}

function wrongUsage(problem: string, found?: string, expected: string = trust.usage): Failure {
  return new Failure('USAGE', problem, {
    object: 'trust',
    expected,
    ...(found === undefined ? {} : { found }),
    hint: 'plimsoll trust --help says what each does.',
  });
}
