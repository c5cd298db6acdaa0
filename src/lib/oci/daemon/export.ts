import { LIMITS } from '#base/limits.ts';
import { openTar } from '../files/archive.ts';
import type { FileSet } from '../files/file-set.ts';
import { spoolStream } from '../files/spool.ts';
import type { OpenOptions } from '../images/options.ts';
import { type DaemonApi, getStream } from './http.ts';
import type { DaemonImage } from './inspect.ts';

/**
 * An image as its daemon exports it (`docker save`), fetched at most once and only when somebody needs it: into a
 * temporary file, since a tar is read at random. It is asked for by id, so that it is the image that was inspected even
 * when the name has moved on.
 */
export class Export {
  readonly object: string;
  readonly #api: DaemonApi;
  readonly #image: DaemonImage;
  readonly #options: OpenOptions;
  readonly #closing = new AbortController();
  #files: Promise<FileSet> | null = null;

  constructor(api: DaemonApi, image: DaemonImage, options: OpenOptions) {
    this.object = `image ${image.id} of ${api.object}`;
    this.#api = api;
    this.#image = image;
    this.#options = options;
  }

  /** True once somebody has asked for the files. */
  get begun(): boolean {
    return this.#files !== null;
  }

  files(): Promise<FileSet> {
    this.#files ??= this.#fetch();
    return this.#files;
  }

  /** Breaks off an export that still runs. */
  async close(): Promise<void> {
    this.#closing.abort();
    const files = await this.#files?.catch(() => null);
    await files?.close();
  }

  async #fetch(): Promise<FileSet> {
    const { signal, temporaryFolder } = this.#options;
    const either = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const path = `/images/${encodeURIComponent(this.#image.id)}/get`;
    const stream = getStream(this.#api, path, LIMITS.archiveBytes, either);
    return await openTar(await spoolStream(stream, { temporaryFolder }), this.object, either);
  }
}
