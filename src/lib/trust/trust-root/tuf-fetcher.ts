import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseFetcher } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';

/** Null where the server says that there is no such file (404, 403). Must not give more than `maxBytes`. */
export type FetchBytes = (url: string, maxBytes: number, signal: AbortSignal) => Promise<Uint8Array | null>;

type Fetcher = Pick<BaseFetcher, 'downloadFile' | 'downloadBytes'>;

/** How tuf-js gets at files: through the function of the caller, and with a limit whatever the metadata says. */
export class TufFetcher implements Fetcher {
  readonly #fetchBytes: FetchBytes;
  readonly #folder: string;
  readonly #signal: AbortSignal;

  constructor(fetchBytes: FetchBytes, folder: string, signal: AbortSignal) {
    this.#fetchBytes = fetchBytes;
    this.#folder = folder;
    this.#signal = signal;
  }

  async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    const bytes = await this.#fetch(url, maxLength);
    parseStrictJson(bytes, url);
    return Buffer.from(bytes);
  }

  async downloadFile<T>(url: string, maxLength: number, handler: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#folder, 'download');
    await writeFile(path, await this.#fetch(url, maxLength));
    return handler(path);
  }

  async #fetch(url: string, maxLength: number): Promise<Uint8Array> {
    const limit = Math.min(maxLength, LIMITS.trustRootBytes);
    const bytes = await this.#fetchBytes(url, limit, this.#signal);
    if (bytes === null) {
      // By this tuf-js knows that there is no newer root.
      throw new DownloadHTTPError('no such file', 404);
    }
    if (bytes.length > limit) {
      throw limitExceeded(url, limit, 'bytes', bytes.length);
    }
    return bytes;
  }
}
