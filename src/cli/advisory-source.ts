import type { Advisories } from '#assess/index.ts';
import { openAdvisories } from '#assess/index.ts';
import type { Log } from '#base/log.ts';
import type { OptionValues } from './command.ts';
import type { Config } from './config.ts';
import type { Io } from './io.ts';
import type { ProgressLine } from './progress.ts';

export interface SourceContext {
  readonly options: OptionValues;
  readonly config: Config;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly line: ProgressLine;
}

/** The advisories of the configured source; `--offline` keeps it off the network. */
export async function openFromSource({ options, config, io, signal, log, line }: SourceContext): Promise<Advisories> {
  return await openAdvisories({
    source: config.advisories,
    home: config.home,
    offline: options.flag('offline'),
    proxies: config.environment,
    clock: io.clock,
    signal,
    log,
    progress: (text) => line.show(text),
  });
}
