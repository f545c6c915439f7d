import type { DeliveryOutcome } from '../../server/ports/delivery.ts';
import type { Media, MediaCredentials, RoomEntry } from '../../server/ports/media.ts';

/** A media server in memory: tests are its participants, and say what is wrong with it. */
export class MemoryRooms implements Media {
  readonly hasRooms = true;
  /** `away`: it does nothing and says so; `silent`: it does not answer who is in a room. */
  state: 'there' | 'away' | 'silent' = 'there';
  readonly #rooms = new Map<string, Set<number>>();

  has(roomName: string): boolean {
    return this.#rooms.has(roomName);
  }

  /** Somebody enters a room that was made. */
  enter(roomName: string, userId: number): void {
    const room = this.#rooms.get(roomName);
    if (room === undefined) throw new Error(`there is no room ${roomName}`);
    room.add(userId);
  }

  leave(roomName: string, userId: number): void {
    this.#rooms.get(roomName)?.delete(userId);
  }

  async credentials({ roomName, userId, hasVideo }: RoomEntry): Promise<MediaCredentials> {
    return { token: `${hasVideo ? 'VIDEO' : 'AUDIO'} ${roomName} ${userId}`, url: 'memory:', roomName };
  }

  async openRoom(roomName: string): Promise<boolean> {
    if (this.state === 'away') return false;
    if (!this.#rooms.has(roomName)) this.#rooms.set(roomName, new Set());
    return true;
  }

  async closeRoom(roomName: string): Promise<DeliveryOutcome> {
    if (this.state === 'away') return { kind: 'retry', error: 'away' };
    this.#rooms.delete(roomName);
    return { kind: 'sent' };
  }

  async participants(roomName: string): Promise<readonly number[] | null> {
    if (this.state === 'silent') return new Promise(() => undefined);
    return this.state === 'away' ? null : [...(this.#rooms.get(roomName) ?? [])];
  }

  async handleWebhook(): Promise<boolean> {
    return false;
  }
}
