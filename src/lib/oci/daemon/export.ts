import { LIMITS } from '#base/limits.ts';
import { openTar } from '../files/archive.ts';
import type { FileSet } from '../files/file-set.ts';
import { spoolStream } from '../files/spool.ts';
import type { OpenOptions } from '../images/options.ts';
import { DaemonError } from './error.ts';
import { type DaemonApi, getStream } from './http.ts';
import type { DaemonImage } from './inspect.ts';

/**
 * An image as its daemon exports it (`docker save`), fetched at most once and only when somebody needs it: into a
 * temporary file, since a tar is read at random. It is asked for by id, so that it is the image that was inspected even
 * when the name has moved on. A daemon that refuses is asked for podman's OCI archive.
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
    const id = encodeURIComponent(this.#image.id);
    const fetched = async (path: string): Promise<FileSet> => {
      const stream = getStream(this.#api, path, LIMITS.archiveBytes, either);
      return await openTar(await spoolStream(stream, { temporaryFolder }), this.object, either);
    };
    try {
      return await fetched(`/images/${id}/get`);
    } catch (refusal) {
      if (!isRefusal(refusal)) {
        throw refusal;
      }
      // podman cannot write Docker's form of an image with zstd layers, but its own API has an OCI archive.
      return await fetched(`/v4.0.0/libpod/images/${id}/get?format=oci-archive`).catch((error: unknown) => {
        throw isRefusal(error) ? refusal : error;
      });
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof DaemonError && error.code === 'DAEMON_REFUSED';
}
