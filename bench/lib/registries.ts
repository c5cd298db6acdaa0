import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { freePort } from '#test/fixtures/free-port.ts';
import { basic, type Credential } from '#test/fixtures/server.ts';
import type { Loaded } from './load/cases.ts';
import { Connection, type Target } from './load/index.ts';
import { seed } from './load/seed.ts';

/** A registry that a bench has started, with content in it. */
export interface RegistryServer {
  readonly loaded: Loaded;
  stop(): Promise<void>;
}

/** `plimsoll serve`, as it is installed. */
export interface OurServer extends RegistryServer {
  readonly pid: number;
  /** From the start of the launcher to the first answer 200 of `/readyz`. */
  readonly readySeconds: number;
  /** The address, and the administrator. */
  readonly url: string;
  readonly admin: Credential;
  restart(): Promise<void>;
}

const REPOSITORY = 'bench/app';
const START_SECONDS = 60;

/** The registry of Debian with its defaults, which ask nobody who they are. */
export async function startPeer(smallBytes: number, largeBytes: number): Promise<RegistryServer> {
  const registry = await startRegistry();
  try {
    const [host = '', port = ''] = registry.host.split(':');
    const target: Target = { host, port: Number(port), authorization: null };
    const seeded = await seed(target, REPOSITORY, smallBytes, largeBytes);
    return {
      loaded: { name: 'docker-registry', target: async () => await Promise.resolve(target), seeded },
      stop: async () => await registry.stop(),
    };
  } catch (error) {
    await registry.stop();
    throw error;
  }
}

/** `program serve` with no configuration but its port and its folder; `pushes` is what it is given to serve. */
export async function startOurs(program: string, smallBytes = 1000, largeBytes = 1000): Promise<OurServer> {
  const home = mkdtempSync(join(tmpdir(), 'plimsoll-bench-server-'));
  const port = await freePort();
  let running = start(program, home, port);
  const stop = async (): Promise<void> => {
    await running.end();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    let readySeconds = await running.ready();
    const admin = running.credential();
    const target = async (): Promise<Target> => ({
      host: '127.0.0.1',
      port,
      authorization: `Bearer ${await tokenOf(port, admin)}`,
    });
    const seeded = await seed(await target(), REPOSITORY, smallBytes, largeBytes);
    return {
      loaded: { name: 'plimsoll', target, seeded },
      url: `http://127.0.0.1:${port}`,
      admin,
      get pid() {
        return running.pid;
      },
      get readySeconds() {
        return readySeconds;
      },
      restart: async () => {
        await running.end();
        running = start(program, home, port);
        readySeconds = await running.ready();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Running {
  readonly pid: number;
  ready(): Promise<number>;
  credential(): Credential;
  end(): Promise<void>;
}

function start(program: string, home: string, port: number): Running {
  const began = performance.now();
  const child = spawn(program, ['serve'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PLIMSOLL_HOME: home, PLIMSOLL_LISTEN: `127.0.0.1:${port}` },
  });
  const ended = new Promise((settle) => child.once('close', settle).once('error', settle));
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  return {
    pid: child.pid ?? 0,
    ready: async () => {
      while (!(await isReady(port))) {
        if (child.exitCode !== null || performance.now() - began > START_SECONDS * 1000) {
          throw new Error(`${program} serve is not ready: ${out}`);
        }
        await sleep(5);
      }
      return (performance.now() - began) / 1000;
    },
    credential: () => {
      const [, name = '', secret = ''] = /^ {2}user +(\S+)\n {2}password +(\S+)$/m.exec(out) ?? [];
      return { name, secret };
    },
    end: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function isReady(port: number): Promise<boolean> {
  try {
    const connection = await Connection.open({ host: '127.0.0.1', port, authorization: null });
    const { status } = await connection.ask('GET', '/readyz').finally(() => connection.close());
    return status === 200;
  } catch {
    return false;
  }
}

/** As clients of registries get one. */
async function tokenOf(port: number, credential: Credential): Promise<string> {
  const scope = `repository:${REPOSITORY}:pull,push`;
  const answer = await fetch(`http://127.0.0.1:${port}/auth/token?scope=${scope}`, {
    headers: { authorization: basic(credential) },
  });
  const { token } = (await answer.json()) as { readonly token: string };
  return token;
}
