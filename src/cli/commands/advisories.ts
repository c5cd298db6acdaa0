import { quote } from '#base/error.ts';
import { createLog, silentLog } from '#base/log.ts';
import { openFromSource } from '../advisory-source.ts';
import type { Command, OptionValues } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import { createProgressLine } from '../progress.ts';
import { renderAdvisory, renderShards, renderUpdates } from '../render/advisories.ts';
import { withTimeout } from '../timeout.ts';
import { EXPORT_NAMES, IMPORT_NAMES, isGiven, MOVING_OPTIONS, runExport, runImport } from './advisories-moving.ts';

const ACTIONS = ['update', 'status', 'show', 'export', 'import'] as const;
type Action = (typeof ACTIONS)[number];

/** Options that only some actions have. */
const OPTIONS_OF: Readonly<Record<Action, readonly string[]>> = {
  update: IMPORT_NAMES,
  status: [],
  show: [],
  export: EXPORT_NAMES,
  import: IMPORT_NAMES.filter((name) => name !== 'from'),
};

export const advisories: Command = {
  name: 'advisories',
  usage: 'update|status|show ID|export --to REF|import REF',
  summary: 'fetch, list, show and move the advisories that images are matched with',
  description: [
    'update [ECOSYSTEM…] looks at the sources now, for the ecosystems named (Alpine, Debian, npm, PyPI, Go …, written as OSV writes them), or else for those that are kept already and all of a folder.',
    'status lists what is kept: how many, of which source and revision, how old. show prints one advisory by its id, a CVE or another alias.',
    'export [ECOSYSTEM…] packs what is kept into one artifact, in a registry or a file, and signs it with --key or --keyless. import takes it over on another machine, and update --from the same from a registry again and again: only what differs is fetched, only what the trust configuration accepts is taken, and nothing newer is lost.',
    'Sources are those of PLIMSOLL_ADVISORIES: a configuration (FILE.yaml), or a folder or a URL in the layout of the OSV bulk export; else the public feeds. scan fetches what it needs by itself. docs/guides/advisories.md says which feed gives what and what a look costs.',
    'Exit codes: 0, 2 wrong usage, 3 what could not be fetched, read or believed.',
    'REF is one of:',
  ],
  forms: [
    ['NAME[:TAG]', 'in a registry; a name without a host is on Docker Hub'],
    ['oci:DIR[:TAG]', 'a folder in the OCI image layout'],
    ['oci-archive:FILE[:TAG]', 'a tar of one'],
  ],
  options: {
    json: { type: 'boolean', help: 'print JSON instead of text' },
    offline: { type: 'boolean', help: 'update: touch no network, read only a folder; import: the same' },
    ...MOVING_OPTIONS,
  },
  examples: [
    'plimsoll advisories update Alpine npm',
    'plimsoll advisories status',
    'plimsoll advisories show CVE-2019-10744',
    'plimsoll advisories export --to oci-archive:feeds.tar --key feeds.key',
    'plimsoll advisories import oci-archive:feeds.tar --key feeds.pub',
    'plimsoll advisories update --from registry.example/security/advisories:daily',
  ],
  run: async ({ positionals, options }, io) => {
    const names = positionals.slice(1);
    const action = parseAction(positionals, options);
    const config = readConfig();
    const line = createProgressLine(io, options.flag('quiet'));
    const log = options.flag('debug') ? await createLog('debug') : silentLog;
    return await withTimeout(options.text('timeout'), io, async (signal) => {
      const moving = { options, config, io, signal, log, line };
      const from = action === 'import' ? names[0] : options.text('from');
      if (from !== undefined) {
        return await runImport(from, action === 'import' ? [] : names, moving);
      }
      if (action === 'export') {
        return await runExport(options.text('to') ?? '', names, moving);
      }
      const open = await openFromSource(moving);
      try {
        // Ages are those of the moment of printing: what an update has just checked is not older than its start.
        const screen = () => ({ json: options.flag('json'), now: io.clock.now() });
        switch (action) {
          case 'update': {
            const results = await open.update(names.length === 0 ? undefined : names);
            line.clear();
            io.out(renderUpdates(results, screen()));
            return results.some((result) => result.outcome === 'failed') ? 3 : 0;
          }
          case 'status':
            io.out(renderShards(await open.status(), screen()));
            return 0;
          default:
            io.out(renderAdvisory(found(names[0] ?? '', await open.show(names[0] ?? '')), screen()));
            return 0;
        }
      } finally {
        line.clear();
        open.close();
      }
    });
  },
};

function parseAction([word, ...names]: readonly string[], options: OptionValues): Action {
  const action = ACTIONS.find((candidate) => candidate === word);
  const one = action === 'show' || action === 'import';
  const fits = one ? names.length === 1 : action === 'update' || action === 'export' || names.length === 0;
  if (action === undefined || !fits) {
    throw wrongUsage('wrong arguments', word === undefined ? 'nothing' : quote([word, ...names].join(' ')));
  }
  const foreign = Object.keys(MOVING_OPTIONS).find(
    (name) => isGiven(options, name) && !OPTIONS_OF[action].includes(name),
  );
  const alone = action === 'update' && options.text('from') === undefined;
  const idle = alone ? IMPORT_NAMES.find((name) => isGiven(options, name)) : undefined;
  if (foreign !== undefined || idle !== undefined) {
    throw wrongUsage(`--${foreign ?? idle} does not go with ${action}${idle === undefined ? '' : ' without --from'}`);
  }
  if (action === 'export' && (options.text('to') ?? '') === '') {
    throw wrongUsage('where to?', 'no --to');
  }
  return action;
}

function wrongUsage(problem: string, what?: string): Failure {
  return new Failure('USAGE', problem, {
    object: 'advisories',
    expected: advisories.usage,
    ...(what === undefined ? {} : { found: what }),
    hint: 'plimsoll advisories --help says what each does.',
  });
}

function found<T>(id: string, records: readonly T[]): readonly T[] {
  if (records.length === 0) {
    throw new Failure('ADVISORY_NOT_FOUND', 'no such advisory here', {
      object: id,
      expected: 'an id or alias of an advisory that was fetched',
      found: 'none',
      hint: 'plimsoll advisories update ECOSYSTEM fetches; plimsoll advisories status lists what is here.',
    });
  }
  return records;
}
