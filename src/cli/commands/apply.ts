import { randomUUID } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { Command } from '../command.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { renderApplied } from '../render/applied.ts';
import { answerOf } from '../server/answer.ts';
import { askApi } from '../server/api-client.ts';
import { listSome } from '../server/list-some.ts';
import { type RemoteResult, type RemoteRun, remoteCommand } from '../server/remote-command.ts';

const MAX_WORDS = 64;
const MAX_LISTED = 10_000;
const STDIN = '-';
const KINDS = 'Policy, Environment, Exception, Source or Trust';

/** What is asked for in place of files. */
const OTHERS = ['list', 'show', 'remove'] as const;

export const apply: Command = remoteCommand({
  name: 'apply',
  usage: 'FILE|FOLDER… [--dry-run] | --list | --show KIND/NAME | --remove KIND/NAME',
  summary: 'write the documents that decide on a server: policies, environments, sources, trust',
  description: [
    `Documents are YAML of the kinds ${KINDS}, several in a file apart by ---; of a folder the *.yaml and *.yml are taken, and - is standard input. All of them are written or none: together with those that the server has they have to compile, and what is wrong is told with file, line and column, and the exit code is 1. What is there already stays. Needs the role admin for all.`,
    'An exception is only asked for: somebody else approves it (plimsoll exception approve).',
    'Keys and certificates of a document of kind Trust are in it (pem:), or in the folder trust of the data folder of the server.',
    'docs/guides/documents.md describes all of them.',
  ],
  options: {
    'dry-run': { type: 'boolean', help: 'say what would change and what is wrong, and write nothing' },
    list: { type: 'boolean', help: 'list the documents of the server' },
    show: { type: 'string', value: 'KIND/NAME', help: 'show one document of the server' },
    remove: { type: 'string', value: 'KIND/NAME', help: 'remove one document that the others can do without' },
  },
  examples: [
    'plimsoll apply policies/ --dry-run',
    'plimsoll apply sources.yaml',
    'plimsoll apply --show Policy/house-rules -o json',
  ],
  words: [0, MAX_WORDS],
  run: async (run) => {
    const { words, options, target } = run;
    const asked = OTHERS.filter((name) => options.flag(name) || options.text(name) !== undefined);
    if ((words.length === 0) === (asked.length === 0) || asked.length > 1) {
      throw new Failure('USAGE', 'wrong arguments', {
        object: 'apply',
        expected: 'FILE…, --list, --show KIND/NAME or --remove KIND/NAME',
        found: words.length === 0 && asked.length === 0 ? 'nothing' : 'more than one of them',
      });
    }
    switch (asked[0]) {
      case 'list':
        return { answer: await listSome(target, '/documents', new URLSearchParams(), MAX_LISTED) };
      case 'show':
        return { answer: await askApi(target, 'GET', pathOf(options.text('show') ?? '')) };
      case 'remove':
        await askApi(target, 'DELETE', pathOf(options.text('remove') ?? ''));
        return { answer: null };
      default:
        return await applyFiles(run);
    }
  },
  render: renderApplied,
});

async function applyFiles({ words, options, target, io }: RemoteRun): Promise<RemoteResult> {
  const files = await readAll(words, io);
  if (files.length === 0) {
    throw new Failure('USAGE', 'nothing to apply', {
      object: words.join(' '),
      expected: '*.yaml or *.yml',
      found: 'none',
    });
  }
  const body = { files, dryRun: options.flag('dry-run') };
  const answer = await askApi(target, 'POST', '/documents', body, randomUUID());
  const isWrong = answerOf(answer, 'documents').list('issues').length > 0;
  return { answer, exitCode: isWrong ? 1 : 0 };
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

async function readAll(words: readonly string[], io: Io): Promise<readonly NamedText[]> {
  const paths = words.filter((word) => word !== STDIN).map((word) => resolve(word));
  const { readDocumentFiles } = await import('#assess/index.ts');
  const found = await readDocumentFiles(paths);
  const named = found.map(({ path, bytes }) => ({ name: relative('', path), bytes }));
  const typed = words.includes(STDIN) ? [{ name: STDIN, bytes: await io.input(LIMITS.policyFileBytes) }] : [];
  return [...named, ...typed].map(({ name, bytes }) => ({ name, text: textOf(name, bytes) }));
}

function textOf(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Failure('USAGE', 'not a document', {
      object: name,
      expected: 'text in UTF-8',
      found: 'other bytes',
      cause: error,
    });
  }
}

function pathOf(text: string): string {
  const [kind = '', name = '', ...more] = text.split('/');
  if (kind === '' || name === '' || more.length > 0) {
    throw new Failure('USAGE', 'not a document', {
      object: 'KIND/NAME',
      expected: `${KINDS}, and a name`,
      found: quote(text),
    });
  }
  return `/documents/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
}
