import { ConfigError } from '../config.ts';
import { EngineUnavailable } from '../ports/errors.ts';

/** A command was called with words it does not know; the message says how it is used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command to its end and exits: 0 when it is done, 1 when it is not. What was to be expected (a
 * setting, an engine that is away, a wrong word) is one clear line; the rest shows where it came from.
 */
export async function runCommand(command: () => Promise<void>): Promise<never> {
  try {
    await command();
    process.exit(0);
  } catch (error) {
    const isExpected =
      error instanceof ConfigError || error instanceof EngineUnavailable || error instanceof UsageError;
    console.error(isExpected ? error.message : error);
    process.exit(1);
  }
}
