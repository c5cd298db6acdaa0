import { systemClock } from './clock.ts';

/** Structured log: the text is constant, the data goes into fields. Credentials and file contents are never fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** A log whose lines may not be written yet. */
export interface FlushableLog extends Log {
  flush(): void;
}

const nothing = (): void => undefined;

/** For callers that were given no log. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The same log; every line has these fields as well. */
export function withFields(log: Log, own: LogFields): Log {
  return {
    debug: (message, fields) => log.debug(message, { ...own, ...fields }),
    info: (message, fields) => log.info(message, { ...own, ...fields }),
    warn: (message, fields) => log.warn(message, { ...own, ...fields }),
    error: (message, fields) => log.error(message, { ...own, ...fields }),
  };
}

const LEVELS: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

/** The lines of `createLog` without pino, for a process that writes few of them and is to stay small. */
export function createLineLog(level: LogLevel, own: LogFields, write: (line: string) => void): Log {
  const at =
    (name: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (LEVELS[name] >= LEVELS[level]) {
        const time = new Date(systemClock.now()).toISOString();
        write(`${JSON.stringify({ level: LEVELS[name], time, ...own, ...fields, msg: message })}\n`);
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export interface LogOptions {
  /** In every line. */
  readonly fields?: LogFields;
  /** Lines are written when there is time, so that a slow reader of standard error holds up nothing; `flush` them before the end. */
  readonly isBuffered?: boolean;
}

/** JSON lines on standard error. Pino is loaded here and not at start, since most runs of the CLI log nothing. */
export async function createLog(level: LogLevel, options: LogOptions = {}): Promise<FlushableLog> {
  const { pino } = await import('pino');
  const destination = pino.destination({ fd: 2, sync: options.isBuffered !== true });
  const logger = pino({ level, base: options.fields ?? null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    flush: () => destination.flushSync(),
  };
}
