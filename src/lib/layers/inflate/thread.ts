import { workerData } from 'node:worker_threads';
import { createExpansionGuard } from '#base/limits.ts';
import { Decoder } from './decoder.ts';
import { FROM_THREAD, INPUT, type Job, OUTPUT, type ThreadMemory, TO_THREAD, toFailure } from './protocol.ts';
import { Ring } from './ring.ts';

/** The decompression thread: stored bytes come in, the tar goes out. */
const memory = workerData as ThreadMemory;
const input = new Ring(INPUT, memory.input);
const output = new Ring(OUTPUT, memory.output);

for (;;) {
  try {
    work(read<Job>());
  } catch (error) {
    const slot = output.nextFreeSync();
    const length = Buffer.from(slot.buffer, slot.byteOffset, slot.length).write(JSON.stringify(toFailure(error)));
    output.pass(FROM_THREAD.failed, length);
    break;
  }
}

function work({ compression, object, limit }: Job): void {
  const decoder = new Decoder(compression, createExpansionGuard(object, limit), object);
  let slot = output.nextFreeSync();
  let filled = 0;
  for (let passed = input.nextPassedSync(); passed.kind === TO_THREAD.bytes; passed = input.nextPassedSync()) {
    decoder.give(passed.bytes);
    for (;;) {
      filled += decoder.read(slot.subarray(filled));
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
    output.nextFreeSync();
  }
  output.pass(FROM_THREAD.done, 0);
}

function read<Message>(): Message {
  const message = JSON.parse(Buffer.from(input.nextPassedSync().bytes).toString('utf8')) as Message;
  input.release();
  return message;
}
