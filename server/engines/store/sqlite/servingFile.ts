import type { Release, ServingStore } from '../../../cluster/servingStore.ts';
import { Driver } from './driver.ts';
import { isBusy } from './errors.ts';

/**
 * Says by a lock on a file next to the database that a process serves it: the system lets go of the lock however the
 * process ends. Commands use the database meanwhile.
 */
export class ServingFile implements ServingStore {
  readonly canBeShared = false;
  readonly #file: string;

  constructor(databaseFile: string) {
    this.#file = `${databaseFile}-serving`;
  }

  async takeAlone(): Promise<Release | null> {
    const driver = new Driver(this.#file);
    try {
      driver.exec('PRAGMA busy_timeout=0; BEGIN EXCLUSIVE');
    } catch (error) {
      driver.close();
      if (isBusy(error)) return null;
      throw error;
    }
    return async () => {
      driver.exec('ROLLBACK');
      driver.close();
    };
  }

  async isTakenAlone(): Promise<boolean> {
    const release = await this.takeAlone();
    await release?.();
    return release === null;
  }

  beat(): Promise<void> {
    return Promise.resolve();
  }

  living(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }
}
