import type { Call, Party } from '../../server/domain/call/call.ts';
import type { CallOutcome } from '../../server/ports/backendCalls.ts';
import type { Media, MediaCredentials } from '../../server/ports/media.ts';

/** A media server in memory: tests are its participants, and say what is wrong with it. */
export class MemoryRooms implements Media {
  readonly hasRooms = true;
  /** `away`: it does nothing and says so; `silent`: it does not answer who is in a room. */
  state: 'there' | 'away' | 'silent' = 'there';
  readonly #rooms = new Map<string, Set<number>>();

  has(callId: string): boolean {
    return this.#rooms.has(callId);
  }

  /** Somebody enters a room that was made. */
  enter(callId: string, userId: number): void {
    const room = this.#rooms.get(callId);
    if (room === undefined) throw new Error(`there is no room ${callId}`);
    room.add(userId);
  }

  leave(callId: string, userId: number): void {
    this.#rooms.get(callId)?.delete(userId);
  }

  async credentials(
    { callId, type }: Pick<Call, 'callId' | 'type'>,
    { id }: Party,
  ): Promise<MediaCredentials> {
    return { token: `${type} ${callId} ${id}`, url: 'memory:', roomName: callId };
  }

  async openRoom(callId: string): Promise<boolean> {
    if (this.state === 'away') return false;
    if (!this.#rooms.has(callId)) this.#rooms.set(callId, new Set());
    return true;
  }

  async closeRoom(callId: string): Promise<CallOutcome> {
    if (this.state === 'away') return { kind: 'retry', error: 'away' };
    this.#rooms.delete(callId);
    return { kind: 'sent' };
  }

  async participants(callId: string): Promise<readonly number[] | null> {
    if (this.state === 'silent') return new Promise(() => undefined);
    return this.state === 'away' ? null : [...(this.#rooms.get(callId) ?? [])];
  }

  async takeNews(): Promise<boolean> {
    return false;
  }
}
