import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the process of the guests is told. */
export type GuestOrder =
  | { readonly kind: 'enter'; readonly guest: number; readonly url: string; readonly token: string }
  | { readonly kind: 'leave'; readonly guest: number };

/** What it tells. */
export type GuestReport =
  | { readonly kind: 'entered' | 'gone'; readonly guest: number }
  | { readonly kind: 'refused'; readonly guest: number; readonly reason: string };

/** One participant of a room, by LiveKit's own client. */
export interface RoomGuest {
  /** Resolves when the participant is out of the room, by their own or another will. */
  readonly gone: Promise<void>;
  leave(): Promise<void>;
}

/** Participants of LiveKit rooms. They live in a process of their own: their client is native and writes on the console. */
export class RoomGuests {
  readonly #process: ChildProcess;
  readonly #reports = new EventEmitter();
  #guests = 0;

  constructor() {
    const script = fileURLToPath(new URL('roomGuestsProcess.ts', import.meta.url));
    this.#process = fork(script, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#process.on('message', (report: GuestReport) => {
      this.#reports.emit(`${report.guest}`, report);
      this.#reports.emit(`${report.guest} ${report.kind}`);
    });
  }

  /** Enters the room that the token names; rejects when the server does not let the participant in. */
  async enter(url: string, token: string): Promise<RoomGuest> {
    this.#guests += 1;
    const guest = this.#guests;
    const gone = once(this.#reports, `${guest} gone`).then(() => undefined);
    const outcome = once(this.#reports, `${guest}`);
    this.#tell({ kind: 'enter', guest, url, token });
    const [report] = (await outcome) as [GuestReport];
    if (report.kind === 'refused') throw new Error(report.reason);
    return {
      gone,
      leave: async () => {
        this.#tell({ kind: 'leave', guest });
        await gone;
      },
    };
  }

  /** Ends the process, and with it every participant. */
  async stop(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  #tell(order: GuestOrder): void {
    this.#process.send(order);
  }
}
