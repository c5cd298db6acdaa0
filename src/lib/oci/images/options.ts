import type { Log } from '#base/log.ts';
import type { Image } from '#model/image.ts';
import type { Platform } from '#model/platform.ts';
import type { IntegrityMode } from './integrity.ts';

export interface OpenOptions {
  /** Which platform of an image for several; `all` opens each. Left out: the host's architecture on Linux. */
  readonly platform?: Platform | 'all';
  /** The machine that Plimsoll runs on. */
  readonly host: Platform;
  readonly integrity: IntegrityMode;
  /** An existing folder; a compressed archive is unpacked into a nameless file there. */
  readonly temporaryFolder: string;
  readonly signal?: AbortSignal;
  readonly log?: Log;
}

/** Images with the file handles behind them. Layers can be read until `close`. */
export interface OpenedImages {
  /** At least one; more than one only for `platform: 'all'`. */
  readonly images: readonly Image[];
  close(): Promise<void>;
}
