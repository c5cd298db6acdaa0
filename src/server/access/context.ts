import type { RandomBytes } from '#base/uuid.ts';
import type { ServerContext } from '../context.ts';

/** What access works with. */
export interface AccessContext extends Pick<ServerContext, 'store' | 'clock' | 'log' | 'publicUrl'> {
  readonly random: RandomBytes;
}
