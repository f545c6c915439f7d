import type { Email } from 'postal-mime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Mail, Mailer } from '../../server/ports/mailer.ts';

/** A mailer, and the newest letter as a mail reader sees it. */
export interface MailerUnderTest {
  readonly mailer: Mailer;
  newest(): Promise<Email>;
  remove(): Promise<void>;
}

/** A letter to `buyer1` with the given differences. */
export function mailOf(differences: Partial<Mail> = {}): Mail {
  return {
    messageId: '<outbox-1@auction.example>',
    to: 'buyer1@example.com',
    subject: 'You have been outbid on Handwoven Pashmina Shawl',
    text: 'Dear buyer1,\n\nNew highest bid: Rs. 3000.00\n\n.\nThank you!',
    html: '<p>Dear buyer1,</p><p>New highest bid: <strong>Rs. 3000.00</strong></p>',
    ...differences,
  };
}

/** What every mailer does with a letter. */
export function mailerSuite(open: () => Promise<MailerUnderTest>): void {
  let subject: MailerUnderTest;

  beforeEach(async () => {
    subject = await open();
  });

  afterEach(() => subject.remove());

  async function send(mail: Mail): Promise<Email> {
    expect(await subject.mailer.send(mail)).toEqual({ kind: 'sent' });
    return subject.newest();
  }

  it('sends both parts to the letter, under the Message-ID it was given', async () => {
    const mail = mailOf();
    const received = await send(mail);
    expect(received.messageId).toBe(mail.messageId);
    expect(received.from).toMatchObject({ name: 'Auction House', address: 'no-reply@auction.example' });
    expect(received.to).toEqual([{ name: '', address: mail.to }]);
    expect(received.subject).toBe(mail.subject);
    expect(lines(received.text)).toEqual(lines(mail.text));
    expect(lines(received.html)).toEqual(lines(mail.html));
  });

  it('keeps letters of every alphabet, and lines of every length', async () => {
    const name = 'کشمیری شال – „Größe“ 🧣';
    const mail = mailOf({
      subject: `You have been outbid on ${name.repeat(6)}`,
      text: `${name}\n${'long '.repeat(500)}`.trimEnd(),
      html: `<p>${name}${'long '.repeat(500)}</p>`,
    });
    const received = await send(mail);
    expect(received.subject).toBe(mail.subject);
    expect(lines(received.text)).toEqual(lines(mail.text));
    expect(lines(received.html)).toEqual(lines(mail.html));
  });

  it('lets no line break of a subject begin another header', async () => {
    const received = await send(mailOf({ subject: 'Shawl\r\nBcc: thief@example.com\n\nbody' }));
    expect(received.bcc).toBeUndefined();
    expect(received.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(received.subject).toBe('Shawl Bcc: thief@example.com body');
  });

  it('never writes to a second address that hides in the first', async () => {
    await subject.mailer.send(mailOf({ to: 'buyer1@example.com, thief@example.com' }));
    await subject.mailer.send(mailOf({ to: 'buyer1@example.com>\r\nRCPT TO:<thief@example.com' }));
    const received = await send(mailOf());
    expect(received.to).toEqual([{ name: '', address: 'buyer1@example.com' }]);
    expect(JSON.stringify(await subject.newest())).not.toContain('thief');
  });
}

function lines(text: string | undefined): string[] {
  return (text ?? '').trimEnd().split(/\r?\n/);
}
