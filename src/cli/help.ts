import type { Command, OptionSpec } from './command.ts';
import { commands } from './commands/list.ts';
import { optionsOf } from './options.ts';

const WIDTH = 80;
/** The line goes on. */
const MORE = ' \\';

/** The screen for `plimsoll --help`. */
export function overview(): string {
  const rows = commands.map((command) => [command.name, command.summary] as const);
  return [
    'plimsoll: the load line for container images',
    '',
    'Usage: plimsoll COMMAND [OPTIONS] …',
    '       plimsoll              runs the platform, as plimsoll serve does',
    '',
    'Commands:',
    ...columns(rows),
    '',
    ...wrap('plimsoll COMMAND --help shows the options of a command, plimsoll --version the version.', WIDTH),
    '',
    'Environment:',
    ...columns([
      ['PLIMSOLL_HOME', 'data folder: advisories, the cache, what the server keeps (default ~/.local/share/plimsoll)'],
      ['PLIMSOLL_CONFIG', 'configuration of the server (default plimsoll.yaml in PLIMSOLL_HOME, if it is there)'],
      ['PLIMSOLL_LISTEN', 'where the server listens instead, an address of loopback: 127.0.0.1:7401'],
      ['PLIMSOLL_LOG_LEVEL', 'what the server logs: debug, info, warn, error'],
      ['PLIMSOLL_CACHE_SIZE', 'what the cache may take on the disk: 500MB, 2GiB (default 2GiB)'],
      [
        'PLIMSOLL_ADVISORIES',
        'where advisories come from: a configuration (FILE.yaml), or a folder or URL in the layout of the OSV export',
      ],
      [
        'PLIMSOLL_REGISTRIES',
        'registries file: authorities, mirrors, token services (default ~/.config/plimsoll/registries.yaml)',
      ],
      ['PLIMSOLL_TRUST', 'whom to trust: a trust configuration (default ~/.config/plimsoll/trust.yaml)'],
      [
        'PLIMSOLL_POLICIES',
        'policies: a folder, or a signed bundle (default ~/.config/plimsoll/policies, else those that ship)',
      ],
      [
        'PLIMSOLL_SERVER',
        'the server that acquire, catalog, where, user and others ask (default: where you logged in last)',
      ],
      ['PLIMSOLL_KEY_PASSPHRASE', 'opens the private key that signs; COSIGN_PASSWORD where there is none'],
      ['NO_COLOR', 'no colours'],
    ]),
    '',
    ...wrap(
      'Credentials for registries are those of docker login and podman login. DOCKER_CONFIG, REGISTRY_AUTH_FILE, DOCKER_HOST, CONTAINER_HOST, CONTAINERD_ADDRESS and CONTAINERD_NAMESPACE mean what they mean to docker, podman and ctr.',
      WIDTH,
    ),
    '',
    ...wrap(
      'Exit codes: 0 passed, 1 refused, 2 wrong usage, 3 the input could not be read or analysed, or a server said no or is not there.',
      WIDTH,
    ),
    '',
  ].join('\n');
}

/** The screen for `plimsoll COMMAND --help`. */
export function commandHelp(command: Command): string {
  return [
    ...usageLines(command),
    '',
    ...command.description.flatMap((paragraph) => [...wrap(paragraph, WIDTH), '']),
    ...(command.forms === undefined ? [] : [...columns(command.forms), '']),
    'Options:',
    ...columns(optionRows(optionsOf(command))),
    '',
    'Examples:',
    ...command.examples.flatMap(exampleLines),
    '',
  ].join('\n');
}

/** Each way to use it begins a line. */
function usageLines({ name, usage }: Command): readonly string[] {
  const indent = `Usage: plimsoll ${name} `;
  return alternatives(usage).flatMap((parts, at) => {
    const width = WIDTH - indent.length;
    const fitting = parts.flatMap((part) => (part.length > width ? part.split(' ') : [part]));
    const [first = '', ...more] = wrapWords(fitting, width);
    const start = at === 0 ? indent : indent.replace('Usage:', '      ');
    return [`${start}${first}`.trimEnd(), ...more.map((line) => ' '.repeat(indent.length) + line)];
  });
}

/** What stands between bars outside of brackets, as parts that stay on one line: what is in brackets, an option with its value, or a word. */
function alternatives(usage: string): readonly (readonly string[])[] {
  const found: string[][] = [[]];
  let depth = 0;
  let isOption = false;
  for (const word of usage.split(' ')) {
    const parts = found.at(-1) ?? [];
    if (word === '|' && depth === 0) {
      found.push([]);
    } else if (depth > 0 || (isOption && /^[A-Z]/.test(word))) {
      parts.push(`${parts.pop() ?? ''} ${word}`);
    } else {
      parts.push(word);
    }
    isOption = word.startsWith('--');
    depth += word.replaceAll(/[^[(]/g, '').length - word.replaceAll(/[^\])]/g, '').length;
  }
  return found;
}

/** As a shell takes it, also where it is too long for one line; an option stays with its value. */
function exampleLines(example: string): readonly string[] {
  if (example.length + 2 <= WIDTH) {
    return [`  ${example}`];
  }
  const words = example.match(/(?:--?[\w-]+ (?!-))?(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const lines = wrapWords(words, WIDTH - `      ${MORE}`.length);
  return lines.map((line, at) => `${at === 0 ? '  ' : '      '}${line}${at < lines.length - 1 ? MORE : ''}`);
}

function optionRows(options: Readonly<Record<string, OptionSpec>>): readonly (readonly [string, string])[] {
  return Object.entries(options).map(([name, spec]) => {
    const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
    const value = spec.value === undefined ? '' : ` ${spec.value}`;
    return [`${short}--${name}${value}`, spec.multiple === true ? `${spec.help} (repeatable)` : spec.help] as const;
  });
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.flatMap(([name, text]) => {
    const [first = '', ...more] = wrap(text, WIDTH - width - 4);
    return [`  ${name.padEnd(width)}  ${first}`, ...more.map((line) => `${' '.repeat(width + 4)}${line}`)];
  });
}

function wrap(text: string, width: number): readonly string[] {
  return wrapWords(text.split(' '), width);
}

function wrapWords(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}
