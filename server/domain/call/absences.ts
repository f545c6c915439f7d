import type { CallStore } from './store.ts';
import type { DeadlineStore } from '../deadlineStore.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Media, MediaEvent } from '../../ports/media.ts';
import type { CallDeadlineKind, Deadline } from '../deadline.ts';
import type { Limits } from '../../limits.ts';
import { KeyedQueue } from '../keyedQueue.ts';
import { type Call, isUnderWay } from './call.ts';
import type { CallSteps } from './callSteps.ts';

/** When the media server is asked again who is in a room, if it has not answered. */
const ASK_AGAIN_MS = 5_000;

/** That one side of a call is to be in its room by then. */
type AbsenceKind = Exclude<CallDeadlineKind, 'call_unanswered'>;

/** What absences are noticed with. */
export interface AbsenceServices {
  readonly store: Pick<CallStore, 'byCallId' | 'markRoomUsed'>;
  readonly deadlines: Pick<DeadlineStore, 'set' | 'clear'>;
  readonly media: Pick<Media, 'participants' | 'closeRoom'>;
  readonly steps: Pick<CallSteps, 'move'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Pick<Limits, 'callAbsentMs'>;
  /** Called when a deadline may stand earlier than any before. */
  readonly deadlinesChanged: () => void;
}

/** Ends accepted calls of which one side has left the room, or never came to it. */
export class Absences {
  readonly #services: AbsenceServices;
  readonly #questions = new KeyedQueue<number>();

  constructor(services: AbsenceServices) {
    this.#services = services;
  }

  /** Handles an event of the media server: a side that left the room has a while to come back. */
  async mediaChanged(event: MediaEvent): Promise<void> {
    const { store, steps, clock, deadlines, limits, deadlinesChanged } = this.#services;
    if (event.kind === 'other') return;
    const call = await store.byCallId(event.roomName);
    if (call === null) return;
    if (event.kind === 'joined' && !isUnderWay(call)) return this.#closeAgain(call);
    if (call.status !== 'ACCEPTED') return;
    const nowMs = clock.nowMs();
    if (event.kind === 'finished') {
      await steps.move(call, 'left_room', nowMs, null);
      return;
    }
    const kind = absenceOf(call, event.userId);
    if (kind === null) return;
    if (!call.isRoomUsed) await store.markRoomUsed(call.id);
    if (event.kind === 'joined') await deadlines.clear([kind], call.id);
    else if (limits.callAbsentMs > 0) {
      await deadlines.set([{ kind, subjectId: call.id, dueAtMs: nowMs + limits.callAbsentMs }]);
      deadlinesChanged();
    }
  }

  /**
   * Asks the media server once more, for its events may be old or lost, and ends the call if that side is absent. Other
   * deadlines do not wait for the answer: this one is put off until there is one.
   */
  async fellDue(call: Call, { kind, subjectId }: Deadline<AbsenceKind>): Promise<void> {
    const { deadlines, clock, log } = this.#services;
    await deadlines.set([{ kind, subjectId, dueAtMs: clock.nowMs() + ASK_AGAIN_MS }]);
    this.#questions
      .run(call.id, () => this.#look(call, kind))
      .catch((error: unknown) =>
        log.warn('an absence was not looked into; trying again', { callId: call.callId, error }),
      );
  }

  /** Resolves when every question so far is answered. */
  settled(): Promise<void> {
    return this.#questions.settled();
  }

  /** LiveKit makes a room that is gone again for a participant whose token is still good. */
  async #closeAgain({ callId }: Call): Promise<void> {
    const { media, log } = this.#services;
    const outcome = await media.closeRoom(callId);
    if (outcome.kind !== 'sent') log.warn('a room was entered after its call, and is not closed', { callId });
  }

  async #look(call: Call, kind: AbsenceKind): Promise<void> {
    const { store, media, deadlines, steps, clock } = this.#services;
    const there = await media.participants(call.callId);
    if (there === null) return;
    const { id } = kind === 'call_caller_absent' ? call.caller : call.telecaller;
    const isRoomUsed = call.isRoomUsed || there.some((userId) => absenceOf(call, userId) !== null);
    if (isRoomUsed && !call.isRoomUsed) await store.markRoomUsed(call.id);
    if (there.includes(id)) await deadlines.clear([kind], call.id);
    else await steps.move({ ...call, isRoomUsed }, 'left_room', clock.nowMs(), null);
  }
}

function absenceOf({ caller, telecaller }: Call, userId: number): AbsenceKind | null {
  if (userId === caller.id) return 'call_caller_absent';
  return userId === telecaller.id ? 'call_telecaller_absent' : null;
}
