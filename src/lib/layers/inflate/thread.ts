import { workerData } from 'node:worker_threads';
import { createDigester } from '#base/digest.ts';
import { createExpansionGuard } from '#base/limits.ts';
import { Decoder } from './decoder.ts';
import { FROM_THREAD, INPUT, type Job, OUTPUT, type ThreadMemory, TO_THREAD, toFailure } from './protocol.ts';
import { Ring } from './ring.ts';

/** The decompression thread: stored bytes come in, the tar goes out, and is hashed here while it is in the cache of this core. */
const memory = workerData as ThreadMemory;
const input = new Ring(INPUT, memory.input);
const output = new Ring(OUTPUT, memory.output);

for (;;) {
  try {
    work(read<Job>());
  } catch (error) {
    write(FROM_THREAD.failed, toFailure(error));
    break;
  }
}

function work({ compression, algorithm, object, limit }: Job): void {
  const digester = createDigester(algorithm);
  const decoder = new Decoder(compression, createExpansionGuard(object, limit), object);
  let slot = output.nextFreeSync();
  let filled = 0;
  for (let passed = input.nextPassedSync(); passed.kind === TO_THREAD.bytes; passed = input.nextPassedSync()) {
    decoder.give(passed.bytes);
    for (;;) {
      const length = decoder.read(slot.subarray(filled));
      digester.update(slot.subarray(filled, filled + length));
      filled += length;
      if (filled < slot.length) {
        break;
      }
      output.pass(FROM_THREAD.tar, filled);
      slot = output.nextFreeSync();
      filled = 0;
    }
    input.release();
  }
  input.release();
  decoder.end();
  decoder.close();
  if (filled > 0) {
    output.pass(FROM_THREAD.tar, filled);
  }
  write(FROM_THREAD.done, digester.digest());
}

function read<Message>(): Message {
  const message = JSON.parse(Buffer.from(input.nextPassedSync().bytes).toString('utf8')) as Message;
  input.release();
  return message;
}

function write(kind: number, message: unknown): void {
  const slot = output.nextFreeSync();
  const length = Buffer.from(slot.buffer, slot.byteOffset, slot.length).write(JSON.stringify(message));
  output.pass(kind, length);
}
