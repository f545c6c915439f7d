/** The fields of a log line. Never tokens or e-mail addresses. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log lines; never throws. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
