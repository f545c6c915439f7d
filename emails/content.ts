import type { Letter } from '../server/domain/notification/notification.ts';
import { formatMinor } from '../shared/money.ts';

/** What every letter needs to know. */
export interface LetterContext {
  readonly siteName: string;
  /** The page of an auction, with `{id}` in place of its number. */
  readonly auctionUrl: string;
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
  const isToSeller = letter.kind === 'auction_sold' || letter.kind === 'auction_unsold';
  return {
    ...wordsOf(letter, oneLine(letter.productName), siteName),
    greeting: `Dear ${oneLine(context.username)},`,
    closing: `Thank you for using ${siteName}!`,
    button: {
      label: isToSeller ? 'View your auction' : 'View the auction',
      url: context.auctionUrl.replaceAll('{id}', String(context.auctionId)),
    },
  };
}

/** What a letter says that no other does. */
function wordsOf(
  letter: Letter,
  name: string,
  siteName: string,
): Pick<LetterContent, 'subject' | 'headline' | 'paragraphs'> {
  switch (letter.kind) {
    case 'outbid': {
      const headline = `New highest bid: ${rupees(letter.amount)}`;
      return {
        subject: `You have been outbid on ${name}`,
        headline,
        paragraphs: [
          `You have been outbid on the auction for ${name}.`,
          headline,
          "If you're still interested, you can place a higher bid to regain the lead.",
          `Log in to your ${siteName} account to view the auction and place a new bid.`,
        ],
      };
    }
    case 'auction_won': {
      const headline = `Your winning bid: ${rupees(letter.finalPrice)}`;
      return {
        subject: `You have won ${name}`,
        headline,
        paragraphs: [
          `Congratulations! You have won the auction for ${name}.`,
          headline,
          `Log in to your ${siteName} account to complete your purchase.`,
        ],
      };
    }
    case 'auction_lost': {
      const headline = `Final price: ${rupees(letter.finalPrice)}`;
      return {
        subject: `The auction for ${name} has ended`,
        headline,
        paragraphs: [
          `The auction for ${name} has ended. Another bidder has won it.`,
          headline,
          `Log in to your ${siteName} account to see other auctions.`,
        ],
      };
    }
    case 'auction_sold': {
      const headline = `Final price: ${rupees(letter.finalPrice)}`;
      return {
        subject: `Your auction for ${name} has ended`,
        headline,
        paragraphs: [
          `Your auction for ${name} has ended. The winner is ${oneLine(letter.winner)}.`,
          headline,
          `Log in to your ${siteName} account to arrange the sale.`,
        ],
      };
    }
    case 'auction_unsold': {
      const headline = `Your auction for ${name} has ended without a bid.`;
      return {
        subject: `Your auction for ${name} has ended`,
        headline,
        paragraphs: [headline, `Log in to your ${siteName} account to offer it again.`],
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
