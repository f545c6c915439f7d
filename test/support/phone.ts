import type { SmsOutcome, SmsSender } from '../../server/ports/sms.ts';

/** A sender that keeps its messages for a test to read; `outcome` is what each attempt becomes. */
export class RecordedPhone implements SmsSender {
  readonly messages: { readonly number: string; readonly text: string }[] = [];
  outcome: SmsOutcome = { kind: 'sent' };

  async send(number: string, text: string): Promise<SmsOutcome> {
    if (this.outcome.kind === 'sent') this.messages.push({ number, text });
    return this.outcome;
  }

  /** The code in the newest message to that number. */
  codeOf(number: string): string {
    const text = this.messages.findLast((message) => message.number === number)?.text ?? '';
    const [code] = /\b\d{6}\b/.exec(text) ?? [];
    if (code === undefined) throw new Error('no code was sent to that number');
    return code;
  }
}
