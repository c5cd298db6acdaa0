/** Structured log: the text is constant, the data goes into fields. Credentials and file contents are never fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

const nothing = (): void => undefined;

/** For callers that were given no log. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** JSON lines on standard error. Pino is loaded here and not at start, since most runs of the CLI log nothing. */
export async function createLog(level: LogLevel): Promise<Log> {
  const { pino } = await import('pino');
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  };
}
