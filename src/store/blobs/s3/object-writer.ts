import { createDigester, type Digest, type DigestAlgorithm, hexOf } from '#base/digest.ts';
import { limitExceeded } from '#base/limits.ts';
import type { S3 } from './client.ts';

/** Amazon's own limit; others have none that is lower. */
const MAX_PIECES = 10_000;

interface Piece {
  readonly ETag: string;
  readonly PartNumber: number;
}

/**
 * A new object that is hashed while it is sent: in one request when it is short, otherwise in pieces. Two pieces are held
 * at most, one that gathers and one on its way. It is not there before `finish`.
 */
export class ObjectWriter {
  readonly #s3: S3;
  readonly #key: string;
  readonly #pieceBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #digester;
  readonly #pieces: Piece[] = [];
  #pieceDigester = createDigester();
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #sending: Promise<void> = Promise.resolve();
  #uploadId: string | null = null;
  #size = 0;

  constructor(s3: S3, key: string, options: ObjectWriterOptions) {
    this.#s3 = s3;
    this.#key = key;
    this.#pieceBytes = options.pieceBytes;
    this.#signal = options.signal;
    this.#digester = createDigester(options.algorithm);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Resolves when the next chunk may come. The chunk must not change afterwards. */
  write(chunk: Uint8Array): Promise<void> | void {
    if (chunk.length === 0) {
      return;
    }
    this.#digester.update(chunk);
    this.#pieceDigester.update(chunk);
    this.#size += chunk.length;
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes >= this.#pieceBytes) {
      return this.#sendPiece();
    }
  }

  /** The digest of everything that was written. Nothing may be written after that. */
  digest(): Digest {
    return this.#digester.digest();
  }

  /** The object is there when this resolves. */
  async finish(): Promise<void> {
    await this.#sending;
    if (this.#uploadId === null) {
      await this.#put();
      return;
    }
    if (this.#gatheredBytes > 0) {
      await this.#sendPiece();
      await this.#sending;
    }
    const { CompleteMultipartUploadCommand } = this.#s3.sdk;
    const complete = new CompleteMultipartUploadCommand({
      ...this.#target(),
      UploadId: this.#uploadId,
      MultipartUpload: { Parts: this.#pieces },
    });
    await this.#s3.send(async (client) => await client.send(complete, this.#options()), this.#signal);
  }

  /** Leaves no pieces behind, also after an error of any kind. Does not listen to the signal: that is why it is called. */
  async discard(): Promise<void> {
    await this.#sending.catch(() => undefined);
    if (this.#uploadId !== null) {
      const { AbortMultipartUploadCommand } = this.#s3.sdk;
      const abort = new AbortMultipartUploadCommand({ ...this.#target(), UploadId: this.#uploadId });
      await this.#s3.ifThere(async (client) => await client.send(abort));
    }
  }

  async #put(): Promise<void> {
    const { bytes, hash } = this.#take();
    const put = new this.#s3.sdk.PutObjectCommand({
      ...this.#target(),
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: 'application/octet-stream',
    });
    await this.#s3.send(async (client) => await client.send(withHash(put, hash), this.#options()), this.#signal);
  }

  async #sendPiece(): Promise<void> {
    await this.#sending;
    const uploadId = (this.#uploadId ??= await this.#begin());
    const number = this.#pieces.length + 1;
    if (number > MAX_PIECES) {
      throw limitExceeded('upload', MAX_PIECES * this.#pieceBytes);
    }
    const piece = this.#take();
    this.#sending = this.#send(uploadId, number, piece);
    // Whoever comes next awaits it and gets the error; until then nobody does.
    this.#sending.catch(() => undefined);
  }

  async #begin(): Promise<string> {
    const { CreateMultipartUploadCommand } = this.#s3.sdk;
    const create = new CreateMultipartUploadCommand({ ...this.#target(), ContentType: 'application/octet-stream' });
    const { UploadId } = await this.#s3.send(
      async (client) => await client.send(create, this.#options()),
      this.#signal,
    );
    return UploadId ?? '';
  }

  async #send(uploadId: string, PartNumber: number, { bytes, hash }: Gathered): Promise<void> {
    const upload = new this.#s3.sdk.UploadPartCommand({
      ...this.#target(),
      UploadId: uploadId,
      PartNumber,
      Body: bytes,
      ContentLength: bytes.length,
    });
    const { ETag = '' } = await this.#s3.send(
      async (client) => await client.send(withHash(upload, hash), this.#options()),
      this.#signal,
    );
    this.#pieces.push({ ETag, PartNumber });
  }

  #take(): Gathered {
    const [only, second] = this.#gathered;
    const bytes =
      only !== undefined && second === undefined ? only : Buffer.concat(this.#gathered, this.#gatheredBytes);
    const hash = hexOf(this.#pieceDigester.digest());
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#pieceDigester = createDigester();
    return { bytes, hash };
  }

  #target(): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#s3.bucket, Key: this.#key };
  }

  #options(): { readonly abortSignal?: AbortSignal } {
    return this.#signal === undefined ? {} : { abortSignal: this.#signal };
  }
}

export interface ObjectWriterOptions {
  readonly algorithm: DigestAlgorithm;
  /** Bytes of one piece: at least 5 MiB where the server is strict. */
  readonly pieceBytes: number;
  readonly signal?: AbortSignal;
}

interface Gathered {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

interface Command {
  readonly middlewareStack: {
    add(
      middleware: <Args extends { request: unknown }, Output>(
        next: (args: Args) => Promise<Output>,
      ) => (args: Args) => Promise<Output>,
      options: { readonly step: 'build'; readonly name: string },
    ): void;
  };
}

/** Signs the body with a hash that was computed while it came, and not in one go of ten milliseconds. The server checks it. */
function withHash<C extends Command>(command: C, hash: string): C {
  command.middlewareStack.add(
    (next) => async (args) => {
      (args.request as { readonly headers: Record<string, string> }).headers['x-amz-content-sha256'] = hash;
      return await next(args);
    },
    { step: 'build', name: 'contentHash' },
  );
  return command;
}
