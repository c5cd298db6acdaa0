import { quote } from '#base/error.ts';
import { createLog, silentLog } from '#base/log.ts';
import { openFromSource } from '../advisory-source.ts';
import type { Command } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import { createProgressLine } from '../progress.ts';
import { renderAdvisory, renderShards, renderUpdates } from '../render/advisories.ts';
import { withTimeout } from '../timeout.ts';

const ACTIONS = ['update', 'status', 'show'] as const;

export const advisories: Command = {
  name: 'advisories',
  usage: 'update [ECOSYSTEM…] | status | show ID',
  summary: 'fetch, list and show the advisories that images are matched with',
  description: [
    'update looks at the source now, for the ecosystems named (Alpine, Debian, npm, PyPI, Go …, written as OSV writes them), or else for those that are kept already and all of a folder.',
    'status lists what is kept: how many, of which source and revision, how old. show prints one advisory by its id, a CVE or another alias.',
    'The source is PLIMSOLL_ADVISORIES, a folder or a URL in the layout of the OSV bulk export, or the public export. scan fetches what it needs by itself.',
  ],
  options: {
    json: { type: 'boolean', help: 'print JSON instead of text' },
    offline: { type: 'boolean', help: 'update: touch no network, read only a folder' },
  },
  examples: [
    'plimsoll advisories update Alpine npm',
    'plimsoll advisories status',
    'plimsoll advisories show CVE-2019-10744',
  ],
  run: async ({ positionals, options }, io) => {
    const [word, ...names] = positionals;
    const action = ACTIONS.find((candidate) => candidate === word);
    const expectedNames = action === 'show' ? names.length === 1 : action === 'update' || names.length === 0;
    if (action === undefined || !expectedNames) {
      throw new Failure('USAGE', 'wrong arguments', {
        object: 'advisories',
        expected: advisories.usage,
        found: positionals.length === 0 ? 'nothing' : quote(positionals.join(' ')),
        hint: 'plimsoll advisories --help says what each does.',
      });
    }
    const config = readConfig();
    const line = createProgressLine(io, options.flag('quiet'));
    const log = options.flag('debug') ? await createLog('debug') : silentLog;
    return await withTimeout(options.text('timeout'), io, async (signal) => {
      const open = await openFromSource({ options, config, io, signal, log, line });
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
          case 'show':
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
