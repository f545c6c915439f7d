import type { Letter } from '../server/domain/notification/notification.ts';
import { formatMinor } from '../shared/money.ts';

/** What every letter needs to know. */
export interface LetterContext {
  readonly siteName: string;
  /** Where people reach the site, without a slash at the end. */
  readonly publicUrl: string;
  /** The reader's. */
  readonly username: string;
  readonly auctionId: number;
}

/** What a letter says, before it is set as plain text or as HTML: both say the same. */
export interface LetterContent {
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  /** Stands out among the paragraphs. */
  readonly headline: string;
  readonly closing: string;
  readonly button: { readonly label: string; readonly url: string };
}

/** The words of each letter. The outbid letter's are those of the published protocol, to the letter. */
export function contentOf(letter: Letter, context: LetterContext): LetterContent {
  const siteName = oneLine(context.siteName);
  const name = oneLine(letter.productName);
  const common = {
    greeting: `Dear ${oneLine(context.username)},`,
    closing: `Thank you for using ${siteName}!`,
  };
  const url = `${context.publicUrl}/?auction=${context.auctionId}`;
  switch (letter.kind) {
    case 'outbid': {
      const headline = `New highest bid: ${rupees(letter.amount)}`;
      return {
        ...common,
        subject: `You have been outbid on ${name}`,
        headline,
        paragraphs: [
          `You have been outbid on the auction for ${name}.`,
          headline,
          "If you're still interested, you can place a higher bid to regain the lead.",
          `Log in to your ${siteName} account to view the auction and place a new bid.`,
        ],
        button: { label: 'View the auction', url },
      };
    }
    case 'auction_won': {
      const headline = `Your winning bid: ${rupees(letter.finalPrice)}`;
      return {
        ...common,
        subject: `You have won ${name}`,
        headline,
        paragraphs: [
          `Congratulations! You have won the auction for ${name}.`,
          headline,
          `Log in to your ${siteName} account to complete your purchase.`,
        ],
        button: { label: 'View the auction', url },
      };
    }
    case 'auction_sold': {
      const headline = `Final price: ${rupees(letter.finalPrice)}`;
      return {
        ...common,
        subject: `Your auction for ${name} has ended`,
        headline,
        paragraphs: [
          `Your auction for ${name} has ended. The winner is ${oneLine(letter.winner)}.`,
          headline,
          `Log in to your ${siteName} account to arrange the sale.`,
        ],
        button: { label: 'View your auction', url },
      };
    }
    case 'auction_unsold': {
      const headline = `Your auction for ${name} has ended without a bid.`;
      return {
        ...common,
        subject: `Your auction for ${name} has ended`,
        headline,
        paragraphs: [headline, `Log in to your ${siteName} account to offer it again.`],
        button: { label: 'View your auction', url },
      };
    }
  }
}

function rupees(amount: number): string {
  return `Rs. ${formatMinor(amount)}`;
}

/** A name that people chose must not begin a line of its own: in a subject that would be a header. */
function oneLine(name: string): string {
  return name.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
