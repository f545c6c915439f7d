import type { SmsSender } from '../../ports/sms.ts';

/** For development: prints each message in one line instead of sending it. */
export function createPrintedSms(print: (line: string) => void): SmsSender {
  return {
    send: async (number, text) => {
      print(`SMS to ${number}: ${text}\n`);
      return { kind: 'sent' };
    },
  };
}
