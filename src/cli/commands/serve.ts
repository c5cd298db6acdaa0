import { createLineLog } from '#base/log.ts';
import {
  type Credential,
  loadServerConfig,
  ROLES,
  type Role,
  serve as runServer,
  type ServerReady,
} from '#server/index.ts';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { version } from '../version.ts';

export const serve: Command = {
  name: 'serve',
  usage: '[--config FILE] [--role ROLE]…',
  summary: 'run the platform: registry, API, background work; what plimsoll does without a command',
  description: [
    'Without a configuration it listens on 127.0.0.1:7400, and keeps records and images in PLIMSOLL_HOME. The first start makes an account that may do everything and shows its password, once.',
    'plimsoll.yaml configures it: the file of --config, else that of PLIMSOLL_CONFIG, else plimsoll.yaml in PLIMSOLL_HOME. docs/reference/plimsoll-yaml.md has every option.',
    'SIGTERM and SIGINT stop it: it takes no more requests, finishes those at hand, and ends. A second one ends it at once.',
  ],
  options: {
    config: { type: 'string', value: 'FILE', help: 'the configuration' },
    role: {
      type: 'string',
      multiple: true,
      value: 'ROLE',
      help: 'what this machine does: registry, api, admission, worker, or all (default)',
    },
  },
  examples: ['plimsoll serve', 'plimsoll serve --config /etc/plimsoll/plimsoll.yaml', 'plimsoll serve --role worker'],
  isEndless: true,
  run: async ({ positionals, options }, io) => {
    if (positionals.length > 0) {
      throw new Failure('USAGE', 'wrong arguments', {
        object: 'serve',
        expected: serve.usage,
        found: positionals.join(' '),
      });
    }
    const started = performance.now();
    const roles = parseRoles(options.texts('role'));
    const config = await loadServerConfig({ file: options.text('config') ?? null, ...readConfig() });
    const log = createLineLog(config.log.level, { process: 'supervisor' }, (line) => io.err(line));
    const hurry = new AbortController();
    io.signal.addEventListener('abort', () => endAtOnce(hurry), { once: true });
    const { clock, signal } = io;
    const onReady = (ready: ServerReady): void => tellReady(ready, (performance.now() - started) / 1000, io);
    const onCredential = (credential: Credential): void => tellCredential(credential, io);
    await runServer({ config, roles, version, clock, log, signal, hurry: hurry.signal, onReady, onCredential });
    return hurry.signal.aborted ? 128 + (io.interrupted() ?? 0) : 0;
  },
};

function parseRoles(words: readonly string[]): readonly Role[] {
  const chosen = new Set<Role>();
  for (const word of words.length === 0 ? ['all'] : words) {
    const role = ROLES.find((one) => one === word);
    if (role === undefined && word !== 'all') {
      throw new Failure('USAGE', 'unknown role', {
        object: '--role',
        expected: `one of ${ROLES.join(', ')}, all`,
        found: word,
      });
    }
    for (const one of role === undefined ? ROLES : [role]) {
      chosen.add(one);
    }
  }
  return [...chosen];
}

/** The first signal asks the server to stop; whoever sends another does not want to wait. */
function endAtOnce(hurry: AbortController): void {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => hurry.abort());
  }
}

function tellReady({ listening }: ServerReady, seconds: number, io: Io): void {
  const places = listening.map(({ url, services }) => `  ${url}  ${services.join(', ')}\n`).join('');
  io.out(`Plimsoll ${version} is ready, ${seconds.toFixed(1)} s after its start.\n${places}`);
}

/** On standard output, for people and programs: the log is no place for a password. */
function tellCredential({ name, secret }: Credential, io: Io): void {
  io.out(
    `This is the first start. An account was made that may do everything; its password is shown only here:\n  user      ${name}\n  password  ${secret}\n\n`,
  );
}
