import type { Advisories } from '#assess/index.ts';
import { defaultAdvisorySources, loadAdvisorySources, openAdvisories } from '#assess/index.ts';
import type { Log } from '#base/log.ts';
import type { AdvisorySourceSetting } from '#model/advisory-source.ts';
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

/** Where feeds are taken from, and how often they are looked at. */
export interface AdvisorySources {
  readonly sources: readonly AdvisorySourceSetting[];
  /** Null where nothing is said of it. */
  readonly maxAgeMs: number | null;
}

/** What is configured: a file says it all; where it names one place, that is all there is. */
export async function advisorySources({ advisories }: Pick<Config, 'advisories'>): Promise<AdvisorySources> {
  if (advisories === null) {
    return { sources: await defaultAdvisorySources(), maxAgeMs: null };
  }
  return isConfigurationFile(advisories)
    ? await loadAdvisorySources(advisories)
    : { sources: [{ provider: 'osv', place: advisories, ecosystems: null }], maxAgeMs: null };
}

function isConfigurationFile(place: string): boolean {
  return place.startsWith('/') && (place.endsWith('.yaml') || place.endsWith('.yml'));
}

/** The advisories of the configured sources; `--offline` keeps them off the network. */
export async function openFromSource({ options, config, io, signal, log, line }: SourceContext): Promise<Advisories> {
  const { sources, maxAgeMs } = await advisorySources(config);
  return await openAdvisories({
    sources,
    ...(maxAgeMs !== null && { maxAgeMs }),
    home: config.home,
    offline: options.flag('offline'),
    proxies: config.environment,
    clock: io.clock,
    signal,
    log,
    progress: (text) => line.show(text),
  });
}
