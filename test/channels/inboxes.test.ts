import { describe, expect, it } from 'vitest';
import { Inboxes } from '../../server/channels/inboxes.ts';
import type { Outgoing, WireMessage } from '../../server/channels/message.ts';
import { createPrometheusMetrics } from '../../server/engines/metrics/prometheus.ts';
import { ManualClock } from '../support/manualClock.ts';

class RecordedInbox {
  readonly pushed: (WireMessage | Outgoing)[] = [];
  wasDisplaced = false;
  readonly endedLogins: string[] = [];

  displaced(): void {
    this.wasDisplaced = true;
  }

  loginEnded(loginId: string): void {
    this.endedLogins.push(loginId);
  }

  push(message: WireMessage | Outgoing): void {
    this.pushed.push(message);
  }
}

const NOTICE = { type: 'notification' };

describe('inboxes', () => {
  it('[OU4] hand one and the same message to all connections of its user, and to no one else', async () => {
    const inboxes = new Inboxes(new ManualClock(), createPrometheusMetrics(), 0);
    const [phone, laptop, tablet, other] = Array.from({ length: 4 }, () => new RecordedInbox());
    for (const inbox of [phone, laptop, tablet]) if (inbox) await inboxes.join(7, inbox);
    if (other) await inboxes.join(8, other);
    inboxes.deliver(7, () => NOTICE);
    expect(phone?.pushed).toEqual([expect.objectContaining({ message: NOTICE })]);
    expect(laptop?.pushed[0]).toBe(phone?.pushed[0]);
    expect(tablet?.pushed[0]).toBe(phone?.pushed[0]);
    expect(other?.pushed).toEqual([]);
  });

  it('make no message for a user who has no connection, or none any more', async () => {
    const inboxes = new Inboxes(new ManualClock(), createPrometheusMetrics(), 0);
    const [phone, laptop] = [new RecordedInbox(), new RecordedInbox()];
    const notMade = () => expect.unreachable();
    inboxes.deliver(7, notMade);
    await inboxes.join(7, phone);
    inboxes.leave(7, phone);
    inboxes.deliver(7, notMade);
    await inboxes.join(7, phone);
    await inboxes.join(7, laptop);
    inboxes.leave(7, phone);
    inboxes.deliver(7, () => NOTICE);
    inboxes.leave(7, laptop);
    inboxes.deliver(7, notMade);
    expect([phone.pushed.length, laptop.pushed.length]).toEqual([0, 1]);
  });

  it('are left without harm by a connection that never joined', async () => {
    const inboxes = new Inboxes(new ManualClock(), createPrometheusMetrics(), 0);
    const [phone, stranger] = [new RecordedInbox(), new RecordedInbox()];
    inboxes.leave(7, stranger);
    await inboxes.join(7, phone);
    inboxes.leave(7, stranger);
    inboxes.deliver(7, () => NOTICE);
    expect(phone.pushed).toHaveLength(1);
  });

  it('[NP9] have the channel of a user open as long as the user has a connection', async () => {
    const inboxes = new Inboxes(new ManualClock(), createPrometheusMetrics(), 0);
    const [phone, laptop] = [new RecordedInbox(), new RecordedInbox()];
    const asked: string[] = [];
    inboxes.receiveBy({
      open: async (key) => void asked.push(`open ${key}`),
      close: (key) => asked.push(`close ${key}`),
    });
    await inboxes.join(7, phone);
    await inboxes.join(7, laptop);
    inboxes.leave(7, phone);
    inboxes.leave(7, laptop);
    inboxes.leave(7, laptop);
    expect(asked).toEqual(['open 7', 'close 7']);
  });

  it('[SA10] hold so many connections of a user: the oldest makes room for the newest', async () => {
    const inboxes = new Inboxes(new ManualClock(), createPrometheusMetrics(), 2);
    const all = Array.from({ length: 4 }, () => new RecordedInbox());
    for (const inbox of all) await inboxes.join(7, inbox);
    await inboxes.join(8, new RecordedInbox());
    expect(all.map(({ wasDisplaced }) => wasDisplaced)).toEqual([true, true, false, false]);
    inboxes.deliver(7, () => NOTICE);
    expect(all.map(({ pushed }) => pushed.length)).toEqual([0, 0, 1, 1]);
  });
});
