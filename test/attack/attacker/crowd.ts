import type { Attack } from './attack.ts';
import type { AttackSocket } from './attackSocket.ts';

/** How many sockets a crowd holds, and how fast it opens them. */
export interface CrowdPlan {
  readonly count: number;
  /** At first. */
  readonly opensPerSecond: number;
  /** Once all of them have been opened, those that are gone are opened again that fast; 0: never. */
  readonly reopensPerSecond: number;
  readonly open: (index: number) => AttackSocket;
}

/** Sockets that are there together, and come back when they are closed. */
export class Crowd {
  readonly #attack: Attack;
  readonly #plan: CrowdPlan;
  readonly #sockets: (AttackSocket | undefined)[];
  #opened = 0;
  #next = 0;
  #looked = 0;

  constructor(attack: Attack, plan: CrowdPlan) {
    this.#attack = attack;
    this.#plan = plan;
    this.#sockets = new Array<AttackSocket | undefined>(plan.count);
  }

  /** Opens all of them; resolves when the last has been, or time is over. */
  async gather(): Promise<void> {
    const { count, opensPerSecond, open } = this.#plan;
    await this.#attack.pace(opensPerSecond, () => {
      this.#sockets[this.#opened] = open(this.#opened);
      this.#opened += 1;
      return this.#opened < count;
    });
  }

  /** Opens again what is gone, until time is over. */
  async stay(): Promise<void> {
    const { count, reopensPerSecond, open } = this.#plan;
    if (reopensPerSecond === 0) return;
    await this.#attack.pace(reopensPerSecond, () => {
      for (let seen = 0; seen < count; seen += 1) {
        this.#looked = (this.#looked + 1) % count;
        if (this.#sockets[this.#looked]?.isGone === false) continue;
        this.#sockets[this.#looked] = open(this.#looked);
        return true;
      }
      return true;
    });
  }

  /** Has each of them send that often, one after the other, for so long or until time is over. */
  async speak(
    perSecondEach: number,
    say: (socket: AttackSocket, index: number) => void,
    untilMs = Infinity,
  ): Promise<void> {
    const { count } = this.#plan;
    await this.#attack.pace(perSecondEach * count, () => {
      this.#next = (this.#next + 1) % count;
      const socket = this.#sockets[this.#next];
      if (socket?.isReady === true) say(socket, this.#next);
      return performance.now() < untilMs;
    });
  }

  forEach(act: (socket: AttackSocket, index: number) => void): void {
    for (const [index, socket] of this.#sockets.entries()) if (socket !== undefined) act(socket, index);
  }
}
