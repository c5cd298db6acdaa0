import protobuf from 'protobufjs/minimal.js';
import { type Digest, isDigest } from '#base/digest.ts';
import { messageOf, quote } from '#base/error.ts';
import { DaemonError } from '../daemon/error.ts';

/** What an image name of containerd stands for (containerd.types.Descriptor). */
export interface Target {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** A piece of a blob (containerd.services.content.v1.ReadContentResponse). */
export interface Chunk {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Wire types of the protobuf encoding that the messages here use. */
const VARINT = 0;
const BYTES = 2;

/** A request whose first field is what it asks for: a name, a digest. */
export function encodeKey(key: string): Uint8Array {
  return protobuf.Writer.create()
    .uint32((1 << 3) | BYTES)
    .string(key)
    .finish();
}

/** GetImageResponse (containerd.services.images.v1): what the image's name stands for. */
export function decodeImage(bytes: Uint8Array, object: string): Target {
  return decode(object, () => {
    const target = messageField(messageField(bytes, 1), 3);
    const digest = textField(target, 2);
    if (!isDigest(digest)) {
      throw new Error(`the digest ${quote(digest)}`);
    }
    return { mediaType: textField(target, 1), digest, size: countField(target, 3) };
  });
}

/** InfoResponse (containerd.services.content.v1): the size of a blob in bytes. */
export function decodeSize(bytes: Uint8Array, object: string): number {
  return decode(object, () => countField(messageField(bytes, 1), 2));
}

/** ReadContentResponse; the data is a view of the message. */
export function decodeChunk(bytes: Uint8Array, object: string): Chunk {
  return decode(object, () => ({ offset: countField(bytes, 1), data: bytesField(bytes, 2) ?? new Uint8Array() }));
}

/** ListNamespacesResponse (containerd.services.namespaces.v1): their names, the first `limit` of them. */
export function decodeNamespaces(bytes: Uint8Array, object: string, limit: number): readonly string[] {
  return decode(object, () => {
    const names: string[] = [];
    eachField(bytes, 1, BYTES, (reader) => {
      const namespace = bytesOf(reader);
      if (names.length < limit) {
        names.push(textField(namespace, 1));
      }
    });
    return names;
  });
}

/** Of a field that comes several times the last one counts, as protobuf has it for all but lists. */
function bytesField(message: Uint8Array, number: number): Uint8Array | null {
  let found: Uint8Array | null = null;
  eachField(message, number, BYTES, (reader) => {
    found = bytesOf(reader);
  });
  return found;
}

function messageField(message: Uint8Array, number: number): Uint8Array {
  const found = bytesField(message, number);
  if (found === null) {
    throw new Error(`no field ${number}`);
  }
  return found;
}

function textField(message: Uint8Array, number: number): string {
  return Buffer.from(bytesField(message, number) ?? []).toString('utf8');
}

/** A whole number from 0 on; absent ones are 0. */
function countField(message: Uint8Array, number: number): number {
  let count = 0;
  eachField(message, number, VARINT, (reader) => {
    // A Long or a number; past what a number holds exactly it is refused below.
    count = Number(reader.int64());
  });
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new Error(`the number ${count} in field ${number}`);
  }
  return count;
}

/** Calls `read` at each value of one field and steps over the others. Throws for bytes that are no message. */
function eachField(
  message: Uint8Array,
  number: number,
  wireType: number,
  read: (reader: protobuf.Reader) => void,
): void {
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 !== number) {
      reader.skipType(tag & 7);
    } else if ((tag & 7) === wireType) {
      read(reader);
    } else {
      throw new Error(`wire type ${tag & 7} in field ${number}`);
    }
  }
}

/** A view of the bytes that a length comes before. Throws where the message ends earlier. */
function bytesOf(reader: protobuf.Reader): Uint8Array {
  const length = reader.uint32();
  const start = reader.pos;
  reader.skip(length);
  return reader.buf.subarray(start, start + length);
}

/** Whatever is wrong with the bytes becomes `DAEMON_ANSWER_INVALID`. */
function decode<T>(object: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new DaemonError('DAEMON_ANSWER_INVALID', 'not a message as the API has it', {
      object,
      expected: 'a protobuf message of containerd',
      found: messageOf(error),
      cause: error,
    });
  }
}
