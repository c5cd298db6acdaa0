import { openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGunzip } from 'node:zlib';
import { ZlibHandle } from '../../src/lib/layers/inflate/zlib-handle.ts';

/** A way to gunzip a file from Node. */
export interface Inflater {
  readonly name: string;
  /** The npm package it comes from; null for what Node itself has. */
  readonly package: string | null;
  /** Inflates all of the file and returns the number of bytes; `modules` is a `node_modules` folder. */
  inflate(file: string, modules: string): Promise<number>;
}

/** What each of them is given at a time, and asked for where it can be asked. */
const INPUT = 256 * 1024;
const OUTPUT = 1024 * 1024;

export const INFLATERS: readonly Inflater[] = [
  {
    name: 'node:zlib, its handle on reused memory',
    package: null,
    inflate: async (file) => {
      const handle = new ZlibHandle('gzip');
      const output = new Uint8Array(OUTPUT);
      let total = 0;
      for (const chunk of chunksOf(file)) {
        let rest = chunk;
        for (let length = OUTPUT; length === OUTPUT || rest.length > 0; ) {
          length = handle.write(rest, output);
          rest = rest.subarray(rest.length - handle.unused);
          total += length;
        }
      }
      handle.close();
      return await Promise.resolve(total);
    },
  },
  {
    name: 'node:zlib, createGunzip',
    package: null,
    inflate: async (file) => {
      const gunzip = createGunzip(streamOptions());
      void feed(file, gunzip);
      let total = 0;
      for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
        total += chunk.length;
      }
      return total;
    },
  },
  {
    name: 'minizlib (Node’s zlib, synchronous)',
    package: 'minizlib',
    inflate: async (file, modules) => {
      const { Gunzip } = require<{
        Gunzip: new (
          options: object,
        ) => {
          on(event: 'data', listener: (chunk: Uint8Array) => void): void;
          write(chunk: Uint8Array): void;
          end(): void;
        };
      }>(modules, 'minizlib');
      const gunzip = new Gunzip({ chunkSize: OUTPUT });
      let total = 0;
      gunzip.on('data', (chunk) => (total += chunk.length));
      for (const chunk of chunksOf(file)) {
        // A view and no copy: it has taken all of it when `write` returns.
        gunzip.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      }
      gunzip.end();
      return await Promise.resolve(total);
    },
  },
  {
    name: 'fflate (JavaScript)',
    package: 'fflate',
    inflate: async (file, modules) => {
      const { Gunzip } = require<{
        Gunzip: new (listener: (chunk: Uint8Array) => void) => { push(chunk: Uint8Array, last: boolean): void };
      }>(modules, 'fflate');
      let total = 0;
      const gunzip = new Gunzip((chunk) => (total += chunk.length));
      for (const chunk of chunksOf(file)) {
        gunzip.push(chunk.slice(), false);
      }
      gunzip.push(new Uint8Array(0), true);
      return await Promise.resolve(total);
    },
  },
  {
    name: 'pako (zlib in JavaScript)',
    package: 'pako',
    inflate: async (file, modules) => {
      const { Inflate } = require<{
        Inflate: new (
          options: object,
        ) => {
          onData: (chunk: Uint8Array) => void;
          push(chunk: Uint8Array, last: boolean): boolean;
          readonly err: number;
        };
      }>(modules, 'pako');
      const inflate = new Inflate({ chunkSize: OUTPUT });
      let total = 0;
      inflate.onData = (chunk) => (total += chunk.length);
      for (const chunk of chunksOf(file)) {
        inflate.push(chunk, false);
      }
      return await Promise.resolve(inflate.err === 0 ? total : -1);
    },
  },
  {
    name: '@hazae41/foras (flate2 and miniz_oxide as WebAssembly)',
    package: '@hazae41/foras',
    inflate: async (file, modules) => {
      interface Memory {
        readonly bytes: Uint8Array;
        free(): void;
      }
      const { Foras, GzDecoder, Memory } = require<{
        Foras: { initBundledOnce(): Promise<void> };
        GzDecoder: new () => { write(input: Memory): void; read(): Memory; finish(): Memory };
        Memory: new (bytes: Uint8Array) => Memory;
      }>(modules, '@hazae41/foras');
      await Foras.initBundledOnce();
      const decoder = new GzDecoder();
      let total = 0;
      const take = (memory: Memory): void => {
        total += memory.bytes.length;
        memory.free();
      };
      for (const chunk of chunksOf(file)) {
        decoder.write(new Memory(chunk));
        take(decoder.read());
      }
      take(decoder.finish());
      return total;
    },
  },
  {
    name: '@zip.js/zip.js (zlib as WebAssembly)',
    package: '@zip.js/zip.js',
    inflate: async (file, modules) => {
      const folder = join(modules, '@zip.js/zip.js/lib/core/streams/zlib-wasm');
      const zlib = (await import(pathToFileURL(join(folder, 'zlib-streams.js')).href)) as {
        DecompressionStreamZlib: new (format: string, options: object) => TransformStream<Uint8Array, Uint8Array>;
        setWasmExports(exports: object): void;
      };
      zlib.setWasmExports(await instantiate(readFileSync(join(folder, 'zlib-streams.wasm'))));
      const { readable, writable } = new zlib.DecompressionStreamZlib('gzip', { outBuffer: OUTPUT });
      const writer = writable.getWriter();
      void (async () => {
        for (const chunk of chunksOf(file)) {
          await writer.write(chunk);
        }
        await writer.close();
      })();
      let total = 0;
      for await (const chunk of readable) {
        total += chunk.length;
      }
      return total;
    },
  },
];

/** Object mode keeps chunks apart: a byte stream would copy all that wait into one. The types do not know it. */
function streamOptions(): { chunkSize: number; readableObjectMode: boolean; readableHighWaterMark: number } {
  return { chunkSize: OUTPUT, readableObjectMode: true, readableHighWaterMark: 4 };
}

/** Whether the package is there. */
export function isInstalled(modules: string | null, name: string): boolean {
  if (modules === null) {
    return false;
  }
  try {
    readFileSync(join(modules, name, 'package.json'));
    return true;
  } catch {
    return false;
  }
}

function require<Module>(modules: string, name: string): Module {
  return createRequire(join(modules, '..', 'package.json'))(name) as Module;
}

/** In one piece of memory that is used again for each. */
function* chunksOf(file: string): Generator<Uint8Array> {
  const memory = new Uint8Array(INPUT);
  const descriptor = openSync(file, 'r');
  for (;;) {
    const length = readSync(descriptor, memory);
    if (length === 0) {
      return;
    }
    yield memory.subarray(0, length);
  }
}

/** What a module without imports exports. The name is in no library of types that the project uses. */
async function instantiate(bytes: Uint8Array): Promise<object> {
  const assembly = Reflect.get(globalThis, 'WebAssembly') as {
    instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: object } }>;
  };
  return (await assembly.instantiate(bytes, {})).instance.exports;
}

async function feed(file: string, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  for (const chunk of chunksOf(file)) {
    await new Promise<void>((settle) => {
      gunzip.write(chunk, () => settle());
    });
  }
  gunzip.end();
}
