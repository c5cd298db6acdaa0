import { resolve } from 'node:path';
import { silentLog } from '#base/log.ts';
import { type BackupSummary, backup as backUp, restore as bringBack, loadServerConfig } from '#server/index.ts';
import type { Command, CommandInput } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { createProgressLine } from '../progress.ts';
import { version } from '../version.ts';

const CONFIG = {
  type: 'string',
  value: 'FILE',
  help: 'the configuration, as for plimsoll serve',
} as const;

export const backup: Command = {
  name: 'backup',
  usage: 'FOLDER [--config FILE]',
  summary: 'copy all that the platform has, while it runs',
  description: [
    'Copies the records of one moment, and every blob that they name, to a folder that is empty or not there. It may be run while the server runs, on SQLite and PostgreSQL, files and S3.',
    'Bytes are verified as they are copied. What is damaged is named, and the exit code is 1: the backup holds everything else. A backup holds the accounts with their hashed passwords, and the keys of the server: keep it as you keep these.',
    'plimsoll.yaml, certificates and secrets that it refers to are not in a backup.',
  ],
  options: { config: CONFIG },
  examples: ['plimsoll backup /srv/backups/2026-01-31'],
  run: async (input, io) =>
    await run(backup, input, io, async (options) => {
      const summary = await backUp({ ...options, version });
      const { damaged } = summary.blobs;
      for (const digest of damaged) {
        io.err(`plimsoll: ${digest}: the blob is damaged, and not in the backup\n`);
      }
      io.out(`backed up: ${contentOf(summary)}\n`);
      return damaged.length > 0 ? 1 : 0;
    }),
};

export const restore: Command = {
  name: 'restore',
  usage: 'FOLDER [--config FILE]',
  summary: 'bring a backup back, into a platform that has nothing',
  description: [
    'Verifies all of a backup and brings it back: into the data folder, or the database and bucket that the configuration names. These have to be empty, and may be of another kind than those that the backup was taken from.',
    'The records come last, all at once: when it is interrupted there is nothing, and it can be run again. Start the server after it.',
  ],
  options: { config: CONFIG },
  examples: ['PLIMSOLL_HOME=/var/lib/plimsoll plimsoll restore /srv/backups/2026-01-31'],
  run: async (input, io) =>
    await run(restore, input, io, async (options) => {
      const summary = await bringBack(options);
      io.out(`restored: ${contentOf(summary)}, taken ${summary.createdAt}\n`);
      return 0;
    }),
};

type Options = Parameters<typeof bringBack>[0];

async function run(
  command: Command,
  { positionals, options }: CommandInput,
  io: Io,
  work: (options: Options) => Promise<number>,
): Promise<number> {
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) {
    throw new Failure('USAGE', 'wrong arguments', {
      object: command.name,
      expected: command.usage,
      found: positionals.length === 0 ? 'nothing' : positionals.join(' '),
    });
  }
  const config = await loadServerConfig({ file: options.text('config') ?? null, ...readConfig() });
  const line = createProgressLine(io, options.flag('quiet'));
  const { clock, signal } = io;
  try {
    const progress = (text: string): void => line.show(text);
    return await work({ config, folder: resolve(folder), clock, log: silentLog, signal, progress });
  } finally {
    line.clear();
  }
}

function contentOf({ blobs, metadata }: BackupSummary): string {
  return `${metadata.rows} records, ${blobs.count - blobs.damaged.length} blobs, ${(blobs.bytes / 1e6).toFixed(1)} MB`;
}
