import { importExceptions } from '#assess/index.ts';
import { parseInstant } from '#base/day.ts';
import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { CommandInput, OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { namedFile } from '../named-file.ts';
import type { PolicyAction } from './policy-action.ts';

/** What can be read, by the importers' ids. */
const TOOLS = ['grype', 'trivy'] as const;

export const policyImport: PolicyAction = {
  name: 'import',
  usage: 'grype|trivy FILE…',
  description:
    'import prints what another scanner is told to ignore as exceptions: .trivyignore and .trivyignore.yaml of Trivy, the ignore rules of a .grype.yaml. Who asks, who approves and where it holds is said by options, since these files do not. What no exception can say without being wider is left out, and named on standard error.',
  options: {
    owner: { type: 'string', value: 'WHO', help: 'import: who sees to it that the exceptions end' },
    requester: { type: 'string', value: 'WHO', help: 'import: who asks for them' },
    approver: { type: 'string', value: 'WHO', help: 'import: who approves them, somebody else' },
    ticket: { type: 'string', value: 'TICKET', help: 'import: where it was talked about' },
    expires: {
      type: 'string',
      value: 'DATE',
      help: 'import: when rules end that do not say it: 2026-12-31, or an instant',
    },
    reason: { type: 'string', value: 'TEXT', help: 'import: why, for rules that do not say it' },
    repository: {
      type: 'string',
      multiple: true,
      value: 'PATTERN',
      help: 'import: repositories they are for, such as registry.example/team/*',
    },
    digest: { type: 'string', multiple: true, value: 'DIGEST', help: 'import: images they are for' },
  },
  examples: [
    'plimsoll policy import trivy .trivyignore --owner team-app --requester grace --approver ada --ticket SEC-7 --reason "accepted before" --expires 2026-12-31 --repository registry.example/team/app > policies/exceptions.yaml',
  ],
  arguments: { least: 2, most: 64 },
  run: importFiles,
};

async function importFiles({ positionals: [tool = '', ...paths], options }: CommandInput, io: Io): Promise<number> {
  if (!TOOLS.some((known) => known === tool)) {
    throw new Failure('USAGE', 'unknown tool', {
      object: 'policy import',
      expected: TOOLS.join(' or '),
      found: quote(tool),
    });
  }
  const answers = {
    owner: needed(options, 'owner'),
    requester: needed(options, 'requester'),
    approver: needed(options, 'approver'),
    ticket: needed(options, 'ticket'),
    reason: options.text('reason') ?? null,
    expires: expiryOf(options),
    repositories: options.texts('repository'),
    digests: options.texts('digest'),
    environments: [],
  };
  const files = await Promise.all(paths.map(async (path) => await namedFile(path, LIMITS.policyFileBytes)));
  const imported = await importExceptions({
    importer: tool,
    files: files.map(({ name, bytes }) => ({ file: name, bytes })),
    answers,
    now: io.clock.now(),
  });
  const { renderImportedExceptions } = await import('../render/policy-moving.ts');
  io.out(imported.yaml);
  io.err(renderImportedExceptions(imported));
  return 0;
}

function needed(options: OptionValues, name: string): string {
  const text = options.text(name) ?? '';
  if (text.trim() === '') {
    throw new Failure('USAGE', 'nobody may except anything in silence', {
      object: 'policy import',
      expected: `--${name}, which ignore files do not say`,
      found: 'none',
    });
  }
  return text;
}

function expiryOf(options: OptionValues): number | null {
  const text = options.text('expires');
  if (text === undefined) {
    return null;
  }
  const time = parseInstant(text);
  if (time === null) {
    throw new Failure('USAGE', 'not a date', {
      object: '--expires',
      expected: 'a day such as 2026-12-31, or an instant such as 2026-12-31T12:00:00Z',
      found: quote(text),
    });
  }
  return time;
}
