import { defaultAdvisorySources, loadAdvisorySources, loadMoving, type MovingAdvisories } from '#assess/index.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { AdvisorySourceSetting } from '#model/advisory-source.ts';
import { type AdvisoriesConfig, secretEnvironment } from '../config/index.ts';

export interface ServerAdvisoriesOptions {
  readonly home: string;
  /** Null for none: whatever needs advisories is unknown then. */
  readonly config: AdvisoriesConfig | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The advisories that this worker judges by. */
export async function openServerAdvisories(options: ServerAdvisoriesOptions): Promise<MovingAdvisories> {
  const { config, ...rest } = options;
  const { MovingAdvisories: Moving } = await loadMoving();
  return new Moving({
    ...rest,
    sources: await sourcesOf(config),
    offline: config === null,
    proxies: secretEnvironment(),
  });
}

/** As for the command line. */
async function sourcesOf(config: AdvisoriesConfig | null): Promise<readonly AdvisorySourceSetting[]> {
  if (config === null) {
    return [];
  }
  const { source } = config;
  if (source === null) {
    return await defaultAdvisorySources();
  }
  const isFile = source.startsWith('/') && /\.ya?ml$/.test(source);
  return isFile ? (await loadAdvisorySources(source)).sources : [{ provider: 'osv', place: source, ecosystems: null }];
}
