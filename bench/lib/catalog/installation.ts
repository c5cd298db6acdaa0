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
import { processorSeconds, processTree, proportionalBytes } from '#test/fixtures/process-tree.ts';
import { basic } from '#test/fixtures/server.ts';
import { copyHome } from './prepared.ts';

/** A catalogue with the processes of a server over it, as somebody runs them. */
export interface Installation {
  readonly driver: Driver;
  /** The records themselves, from this process. */
  readonly store: MetadataStore;
  /** Starts what answers requests, and waits until it does. */
  startFront(): Promise<void>;
  /** From then on so many workers work in the background: one with what answers requests, others by themselves. */
  startWorkers(count: number): Promise<void>;
  /** Asks the API as the administrator; milliseconds and the answer. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly milliseconds: number; readonly json: unknown }>;
  /** At this moment, of all its processes and of those of the database server: what they share is divided among them. */
  use(): Use;
  stop(): Promise<void>;
}

/** What processes take of the machine. */
export interface Use {
  readonly bytes: number;
  readonly databaseBytes: number;
  /** Since they were started. */
  readonly processorSeconds: number;
  readonly databaseProcessorSeconds: number;
}

export type Driver = 'sqlite' | 'postgres';

const START_SECONDS = 120;
const FRONT = ['--role', 'registry', '--role', 'api', '--role', 'admission'] as const;
const WORKER = ['--role', 'worker'] as const;

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
    await this.#startServer(FRONT);
  }

  async #startServer(roles: readonly string[]): Promise<void> {
    let out = '';
    this.#front = this.#start(roles, (text) => {
      out += text;
    });
    const deadline = performance.now() + START_SECONDS * 1000;
    while (!(await this.#isReady())) {
      if (this.#front.child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`plimsoll serve is not ready: ${out}`);
      }
      await sleep(50);
    }
    // Told when it is started for the first time.
    const [, name, secret = ''] = /^ {2}user +(\S+)\n {2}password +(\S+)$/m.exec(out) ?? [];
    if (name !== undefined) {
      this.#authorization = basic({ name, secret });
    }
  }

  async startWorkers(count: number): Promise<void> {
    await this.#stopServer();
    for (let others = 1; others < count; others += 1) {
      this.#workers.push(this.#start(WORKER));
    }
    await this.#startServer([...FRONT, ...WORKER]);
  }

  async #stopServer(): Promise<void> {
    const running = this.#front;
    this.#front = null;
    if (running !== null) {
      await end(running);
    }
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

  use(): Use {
    const roots = [this.#front, ...this.#workers].flatMap((running) => running?.child.pid ?? []);
    const own = new Set(roots.flatMap((root) => processTree(root)));
    // Nothing else is started here than the server of the database.
    const database = processTree(process.pid).filter((pid) => pid !== process.pid && !own.has(pid));
    const sum = (pids: Iterable<number>, of: (pid: number) => number): number =>
      [...pids].reduce((all, pid) => all + of(pid), 0);
    return {
      bytes: sum(own, proportionalBytes),
      databaseBytes: sum(database, proportionalBytes),
      processorSeconds: sum(own, processorSeconds),
      databaseProcessorSeconds: sum(database, processorSeconds),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map(end));
    await this.#stopServer();
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
