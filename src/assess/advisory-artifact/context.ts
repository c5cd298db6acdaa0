import type { AdvisorySourceSetting } from '#model/advisory-source.ts';
import type { ArtifactContext } from '../signed-artifact/context.ts';

/** What moving advisories takes of the machine, in either direction. */
export interface MovingContext extends ArtifactContext {
  /** What is configured: it says which shards are meant, and where a scan looks for them. */
  readonly sources: readonly AdvisorySourceSetting[];
  /** A line for people on what is being packed or fetched. */
  readonly progress: (text: string) => void;
}
