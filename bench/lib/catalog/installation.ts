import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { dumpMetadata, loadMetadata, openPostgresStore, openSqliteStore } from '#store/metadata/index.ts';
import { freePort } from '#test/fixtures/free-port.ts';
import { type Postgres, startPostgres } from '#test/fixtures/postgres.ts';
import { processTree, proportionalBytes } from '#test/fixtures/process-tree.ts';
import { basic } from '#test/fixtures/server.ts';
import { copyHome } from './prepared.ts';

/** A catalogue with the processes of a server over it, as somebody runs them. */
export interface Installation {
  readonly driver: Driver;
  /** The records themselves, from this process. */
  readonly store: MetadataStore;
  /** Starts what answers requests, and waits until it does. */
  startFront(): Promise<void>;
  /** Starts another process that does the work in the background. */
  startWorker(): void;
  /** Ends the workers. */
  stopWorkers(): Promise<void>;
  /** Asks the API as the administrator; milliseconds and the answer. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly milliseconds: number; readonly json: unknown }>;
  /** Of all its processes at this moment, what they share divided among them; the database's own are not among them. */
  bytes(): number;
  stop(): Promise<void>;
}

export type Driver = 'sqlite' | 'postgres';

const START_SECONDS = 120;

interface Options {
  readonly program: string;
  readonly advisories: string;
}

/** Over a copy of what was prepared; for PostgreSQL its rows are taken over as `plimsoll restore` does it. */
export async function startInstallation(driver: Driver, prepared: string, options: Options): Promise<Installation> {
  const home = mkdtempSync(join(tmpdir(), 'plimsoll-bench-catalog-'));
  copyHome(prepared, home);
  const postgres = driver === 'postgres' ? await startPostgres() : null;
  const url = (await postgres?.createDatabase()) ?? null;
  const store = await openStore(home, url);
  if (url !== null) {
    const rows = (): ReturnType<typeof dumpMetadata> =>
      dumpMetadata({ kind: 'sqlite', path: join(home, 'plimsoll.db') });
    await loadMetadata(store, { rows, after: () => Promise.resolve() });
  }
  const port = await freePort();
  writeFileSync(join(home, 'plimsoll.yaml'), config(url, options));
  return new Processes({ driver, home, port, store, postgres, url, program: options.program });
}

function config(url: string | null, { advisories }: Options): string {
  const metadata = url === null ? [] : ['metadata:', '  postgres: { url: env:BENCH_DATABASE }'];
  return [...metadata, 'advisories:', `  source: ${advisories}`, '  every: 1d', 'log:', '  level: warn'].join('\n');
}

async function openStore(home: string, url: string | null): Promise<MetadataStore> {
  const common = { clock: systemClock, random: randomBytes };
  return url === null
    ? await openSqliteStore({ ...common, path: join(home, 'plimsoll.db') })
    : await openPostgresStore({ ...common, url });
}

interface Parts {
  readonly driver: Driver;
  readonly home: string;
  readonly port: number;
  readonly store: MetadataStore;
  readonly postgres: Postgres | null;
  readonly url: string | null;
  readonly program: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

class Processes implements Installation {
  readonly driver: Driver;
  readonly store: MetadataStore;
  readonly #parts: Parts;
  readonly #workers: Running[] = [];
  #front: Running | null = null;
  #authorization = '';

  constructor(parts: Parts) {
    this.#parts = parts;
    this.driver = parts.driver;
    this.store = parts.store;
  }

  async startFront(): Promise<void> {
    let out = '';
    this.#front = this.#start(['--role', 'registry', '--role', 'api', '--role', 'admission'], (text) => {
      out += text;
    });
    const deadline = performance.now() + START_SECONDS * 1000;
    while (!(await this.#isReady())) {
      if (this.#front.child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`plimsoll serve is not ready: ${out}`);
      }
      await sleep(50);
    }
    const [, name = '', secret = ''] = /^ {2}user +(\S+)\n {2}password +(\S+)$/m.exec(out) ?? [];
    this.#authorization = basic({ name, secret });
  }

  startWorker(): void {
    this.#workers.push(this.#start(['--role', 'worker']));
  }

  async stopWorkers(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map(end));
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly milliseconds: number; readonly json: unknown }> {
    const began = performance.now();
    const answer = await fetch(`http://127.0.0.1:${this.#parts.port}/api/v1${path}`, {
      method,
      headers: {
        authorization: this.#authorization,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const milliseconds = performance.now() - began;
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    }
    return { milliseconds, json: text === '' ? null : (JSON.parse(text) as unknown) };
  }

  bytes(): number {
    const roots = [this.#front, ...this.#workers].flatMap((running) => running?.child.pid ?? []);
    return roots.flatMap((root) => processTree(root)).reduce((sum, pid) => sum + proportionalBytes(pid), 0);
  }

  async stop(): Promise<void> {
    await this.stopWorkers();
    if (this.#front !== null) {
      await end(this.#front);
    }
    await this.store.close();
    await this.#parts.postgres?.stop();
    rmSync(this.#parts.home, { recursive: true, force: true });
  }

  #start(args: readonly string[], onText: (text: string) => void = () => undefined): Running {
    const { home, port, program, url } = this.#parts;
    const child = spawn(program, ['serve', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PLIMSOLL_HOME: home, PLIMSOLL_LISTEN: `127.0.0.1:${port}`, BENCH_DATABASE: url ?? '' },
    });
    child.stdout.setEncoding('utf8').on('data', onText);
    const ended = new Promise((settle) => child.once('close', settle).once('error', settle));
    return { child, ended };
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.#parts.port}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}

async function end({ child, ended }: Running): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}
