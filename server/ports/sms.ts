/** What became of a text message. */
export type SmsOutcome = { readonly kind: 'sent' } | { readonly kind: 'failed'; readonly error: string };

/** Sends text messages. `send` never throws, tries once, and its error holds neither number nor text. */
export interface SmsSender {
  /** `number`: a plus and 8 to 15 digits. */
  send(number: string, text: string): Promise<SmsOutcome>;
}
