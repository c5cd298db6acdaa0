import { parentPort, workerData } from 'node:worker_threads';
import { createDigester, type Digester } from '#base/digest.ts';
import { type FromThread, SLOT_BYTES, type ToThread } from './protocol.ts';

/** The hashing thread: bytes come in slots of shared memory, digests go back. */
const memory = new Uint8Array(workerData as SharedArrayBuffer);
const lanes = new Map<number, Digester>();

parentPort?.on('message', (message: ToThread) => {
  const answer = handle(message);
  if (answer !== null) {
    parentPort?.postMessage(answer);
  }
});

function handle(message: ToThread): FromThread | null {
  switch (message.kind) {
    case 'open':
      lanes.set(message.lane, createDigester(message.algorithm));
      return null;
    case 'bytes': {
      const start = message.slot * SLOT_BYTES;
      lanes.get(message.lane)?.update(memory.subarray(start, start + message.length));
      return { kind: 'free', slot: message.slot };
    }
    case 'close': {
      const digester = lanes.get(message.lane);
      lanes.delete(message.lane);
      return digester === undefined ? null : { kind: 'digest', lane: message.lane, digest: digester.digest() };
    }
  }
}
