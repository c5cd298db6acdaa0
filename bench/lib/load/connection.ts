import { connect, type Socket } from 'node:net';

/** What is asked, and who asks. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** The value of the header; null for a registry that asks nobody. */
  readonly authorization: string | null;
}

export interface Answer {
  readonly status: number;
  /** As sent, without the body. */
  readonly head: string;
  readonly bodyBytes: number;
}

interface Waiting {
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

const HEAD_END = '\r\n\r\n';
const RECEIVE_BYTES = 1 << 18;

/**
 * One connection of HTTP/1.1 that is kept open, with one request at a time. It costs as little as a client can, since it shares the machine with
 * the server that it measures: bodies are counted in one buffer and forgotten. Knows `Content-Length` and nothing else.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #headers: string;
  #waiting: Waiting | null = null;
  #head = '';
  /** Bytes of the body that are still to come; null while the head is read. */
  #left: number | null = null;
  #answer: Answer = { status: 0, head: '', bodyBytes: 0 };

  private constructor(socket: Socket, target: Target) {
    this.#socket = socket;
    const authorization = target.authorization === null ? '' : `Authorization: ${target.authorization}\r\n`;
    this.#headers = `Host: ${target.host}:${target.port}\r\n${authorization}`;
  }

  static async open(target: Target): Promise<Connection> {
    return await new Promise((settle, reject) => {
      let connection: Connection | null = null;
      const buffer = Buffer.allocUnsafe(RECEIVE_BYTES);
      const receive = (length: number): boolean => {
        connection?.receive(buffer.subarray(0, length));
        return true;
      };
      const socket = connect({
        host: target.host,
        port: target.port,
        noDelay: true,
        onread: { buffer, callback: receive },
      });
      socket.once('connect', () => {
        connection = new Connection(socket, target);
        settle(connection);
      });
      socket.on('error', (error) => (connection === null ? reject(error) : connection.fail(error)));
      socket.on('close', () => connection?.fail(new Error('the server closed the connection')));
    });
  }

  /** `more` are whole header lines. */
  async ask(method: string, path: string, more = '', body: readonly Uint8Array[] = []): Promise<Answer> {
    if (this.#waiting !== null) {
      throw new Error('expected one request at a time');
    }
    const bytes = body.reduce((sum, { length }) => sum + length, 0);
    const length = method === 'GET' ? '' : `Content-Length: ${bytes}\r\n`;
    return await new Promise((settle, fail) => {
      this.#waiting = { settle, fail };
      this.#socket.cork();
      this.#socket.write(`${method} ${path} HTTP/1.1\r\n${this.#headers}${length}${more}\r\n`, 'latin1');
      for (const part of body) {
        this.#socket.write(part);
      }
      this.#socket.uncork();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  receive(bytes: Buffer): void {
    let rest = bytes.length;
    if (this.#left === null) {
      const before = this.#head.length;
      this.#head += bytes.toString('latin1');
      const end = this.#head.indexOf(HEAD_END);
      if (end === -1) {
        return;
      }
      const head = this.#head.slice(0, end);
      const status = Number(head.slice(9, 12));
      if (status === 100) {
        throw new Error('expected an answer, got 100 Continue');
      }
      this.#left = status === 204 ? 0 : bodyLength(head);
      this.#answer = { status, head, bodyBytes: this.#left };
      rest = bytes.length - (end + HEAD_END.length - before);
    }
    this.#left -= rest;
    if (this.#left === 0) {
      const waiting = this.#waiting;
      this.#waiting = null;
      this.#head = '';
      this.#left = null;
      waiting?.settle(this.#answer);
    }
  }

  fail(error: Error): void {
    this.#waiting?.fail(error);
    this.#waiting = null;
  }
}

/** The value of a header of an answer; null when it has none of that name. */
export function headerOf(head: string, name: string): string | null {
  const start = `\r\n${name.toLowerCase()}:`;
  const at = head.toLowerCase().indexOf(start);
  return at === -1 ? null : (head.slice(at + start.length).split('\r\n', 1)[0] ?? '').trim();
}

function bodyLength(head: string): number {
  const value = headerOf(head, 'content-length');
  if (value === null) {
    throw new Error(`expected Content-Length in an answer, got: ${head}`);
  }
  return Number(value);
}
