import { Logger } from 'graphile-worker';
import type { Log } from '#base/log.ts';

/** What graphile-worker says, in our log. What went wrong with a job is said by our runner; its payload is never said. */
export function graphileLogger(log: Log): Logger {
  const says: Readonly<Record<'error' | 'warning' | 'info' | 'debug', (text: string) => void>> = {
    error: (text) => log.warn('graphile-worker', { text }),
    warning: (text) => log.warn('graphile-worker', { text }),
    info: (text) => log.debug('graphile-worker', { text }),
    debug: () => undefined,
  };
  return new Logger(() => (level, text, meta) => {
    if (meta?.['failure'] !== true) {
      says[level](text);
    }
  });
}
