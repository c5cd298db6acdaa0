import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { SourceAccess } from '#lib/oci/index.ts';
import type { Platform } from '#model/platform.ts';
import type { ReportTool } from '#model/report.ts';

/** What moving an artifact takes of the machine, in either direction. */
export interface ArtifactContext {
  readonly tool: ReportTool;
  readonly host: Platform;
  /** The data folder, absolute. */
  readonly home: string;
  readonly cacheBytes: number;
  readonly access: SourceAccess;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
}
