import type { S3Client } from '@aws-sdk/client-s3';
import type { S3 } from './client.ts';

export interface ObjectCopy {
  readonly from: string;
  readonly to: string;
  readonly size: number;
  /** What one request copies at most. */
  readonly copyBytes: number;
}

/** Copies within the server. False when there is no object of that size: nothing is copied then. */
export async function copyObject(s3: S3, copy: ObjectCopy, signal?: AbortSignal): Promise<boolean> {
  const { HeadObjectCommand, CopyObjectCommand } = s3.sdk;
  const options = signal === undefined ? {} : { abortSignal: signal };
  const head = new HeadObjectCommand({ Bucket: s3.bucket, Key: copy.from });
  const found = await s3.ifThere(async (client) => await client.send(head, options), signal);
  if (found === null || (found.ContentLength ?? 0) !== copy.size) {
    return false;
  }
  if (copy.size > copy.copyBytes) {
    return await copyInPieces(s3, copy, signal);
  }
  const whole = new CopyObjectCommand({ Bucket: s3.bucket, Key: copy.to, CopySource: `${s3.bucket}/${copy.from}` });
  return (await s3.ifThere(async (client) => await client.send(whole, options), signal)) !== null;
}

async function copyInPieces(s3: S3, copy: ObjectCopy, signal: AbortSignal | undefined): Promise<boolean> {
  const { CreateMultipartUploadCommand, CompleteMultipartUploadCommand, AbortMultipartUploadCommand } = s3.sdk;
  const target = { Bucket: s3.bucket, Key: copy.to };
  const { UploadId } = await s3.send(
    async (client) => await client.send(new CreateMultipartUploadCommand(target)),
    signal,
  );
  try {
    const parts: { readonly PartNumber: number; readonly ETag: string }[] = [];
    for (let start = 0; start < copy.size; start += copy.copyBytes) {
      signal?.throwIfAborted();
      const end = Math.min(start + copy.copyBytes, copy.size) - 1;
      const PartNumber = parts.length + 1;
      const piece = { ...target, UploadId, PartNumber, CopySourceRange: `bytes=${start}-${end}` };
      parts.push({
        PartNumber,
        ETag: await s3.send(async (client) => await copyPiece(client, s3, copy, piece), signal),
      });
    }
    const complete = new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } });
    await s3.send(async (client) => await client.send(complete), signal);
    return true;
  } catch (error) {
    const abort = new AbortMultipartUploadCommand({ ...target, UploadId });
    await s3.ifThere(async (client) => await client.send(abort)).catch(() => undefined);
    throw error;
  }
}

interface CopyPiece {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
  readonly PartNumber: number;
  readonly CopySourceRange: string;
}

async function copyPiece(
  client: S3Client,
  { sdk, bucket }: S3,
  { from }: ObjectCopy,
  piece: CopyPiece,
): Promise<string> {
  const command = new sdk.UploadPartCopyCommand({ ...piece, CopySource: `${bucket}/${from}` });
  const { CopyPartResult } = await client.send(command);
  return CopyPartResult?.ETag ?? '';
}
