import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import type { LetterContext } from '../../emails/content.ts';
import { renderLetter } from '../../emails/renderLetter.tsx';
import type { Letter } from '../../server/domain/notification/notification.ts';

/** "Email Example" of the auction protocol, as it stands there. */
const DOCUMENTED = `Subject: You have been outbid on Handwoven Pashmina Shawl

Dear buyer1,

You have been outbid on the auction for Handwoven Pashmina Shawl.

New highest bid: Rs. 3000.00

If you're still interested, you can place a higher bid to regain the lead.

Log in to your MadeInPK account to view the auction and place a new bid.

Thank you for using MadeInPK!`;

const context: LetterContext = {
  siteName: 'MadeInPK',
  auctionUrl: 'https://madeinpk.example/lots/{id}?from=letter&lot={id}',
  username: 'buyer1',
  auctionId: 1,
};

const productName = 'Handwoven Pashmina Shawl';

const letters: readonly Letter[] = [
  { kind: 'outbid', productName, amount: 300_000 },
  { kind: 'auction_won', productName, finalPrice: 300_000 },
  { kind: 'auction_lost', productName, finalPrice: 300_000 },
  { kind: 'auction_sold', productName, finalPrice: 300_000, winner: 'buyer1' },
  { kind: 'auction_unsold', productName },
];

/** A text without the line that is added to what is documented. */
const withoutLink = (text: string) => text.replace(/\n\nView [^\n]*$/, '');

describe('letters', () => {
  it('[OU5] tell of an outbid in the words of the document, to the letter', () => {
    const { subject, text } = renderLetter({ kind: 'outbid', productName, amount: 300_000 }, context);
    expect(`Subject: ${subject}\n\n${withoutLink(text)}`).toBe(DOCUMENTED);
  });

  it('put in the names and prices of their own auction', () => {
    const letter: Letter = { kind: 'outbid', productName: 'Wooden Jewelry Box', amount: 180_005 };
    const other = { ...context, siteName: 'Bazaar', username: 'buyer2', auctionId: 3 };
    const { subject, text } = renderLetter(letter, other);
    const expected = DOCUMENTED.replaceAll(productName, 'Wooden Jewelry Box')
      .replaceAll('MadeInPK', 'Bazaar')
      .replace('buyer1', 'buyer2')
      .replace('3000.00', '1800.05');
    expect(`Subject: ${subject}\n\n${withoutLink(text)}`).toBe(expected);
  });

  it('[EN4] tell winner and seller how the auction ended', () => {
    const rendered = letters
      .filter(({ kind }) => kind !== 'outbid' && kind !== 'auction_lost')
      .map((letter) => renderLetter(letter, context));
    expect(rendered.map(({ subject }) => subject)).toEqual([
      'You have won Handwoven Pashmina Shawl',
      'Your auction for Handwoven Pashmina Shawl has ended',
      'Your auction for Handwoven Pashmina Shawl has ended',
    ]);
    expect(rendered[0]?.text).toContain('Your winning bid: Rs. 3000.00');
    expect(rendered[1]?.text).toContain('The winner is buyer1.\n\nFinal price: Rs. 3000.00');
    expect(rendered[2]?.text).toContain('has ended without a bid.');
  });

  it.each(letters)('[LE4] say the same in HTML and as text, with a link to the auction ($kind)', (letter) => {
    const { text, html } = renderLetter(letter, context);
    const shown = html.replaceAll('&#x27;', "'").replaceAll(/<[^>]*>/g, '\n');
    for (const line of withoutLink(text).split('\n\n')) expect(shown).toContain(`\n${line}\n`);
    expect(text).toMatch(
      /\n\nView (the|your) auction: https:\/\/madeinpk\.example\/lots\/1\?from=letter&lot=1$/,
    );
    expect(html).toContain('href="https://madeinpk.example/lots/1?from=letter&amp;lot=1"');
  });

  it('[LE6] tell those who did not win the final price', () => {
    const letter = { kind: 'auction_lost', productName, finalPrice: 340_000 } as const;
    const { subject, text } = renderLetter(letter, context);
    expect(subject).toBe('The auction for Handwoven Pashmina Shawl has ended');
    expect(text).toContain('\n\nFinal price: Rs. 3400.00\n\n');
    expect(text).not.toContain('higher bid');
  });

  it('[LE4] link to the site where no page is named', () => {
    expect(readConfig({ PUBLIC_URL: 'https://madeinpk.example/' }).auctionUrl).toBe(
      'https://madeinpk.example/?auction={id}',
    );
  });

  it.each(letters)('escape in HTML the names that people chose ($kind)', (letter) => {
    const attack = '<img src=x onerror="alert(1)">&amp;';
    const named: Letter = { ...letter, productName: attack };
    const { subject, text, html } = renderLetter(named, { ...context, username: attack });
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;amp;');
    expect(subject).toContain(attack);
    expect(text).toContain(`Dear ${attack},`);
  });

  it.each(letters)('keep names within their line ($kind)', (letter) => {
    const attack = 'Shawl\r\nBcc: thief@example.com\r\n\r\nYou owe us Rs. 9\u2028\u0000!';
    const named: Letter = { ...letter, productName: attack };
    const { subject, text } = renderLetter(named, { ...context, username: attack, siteName: attack });
    expect(subject).toContain('Shawl Bcc: thief@example.com You owe us Rs. 9 !');
    expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    const calm = renderLetter({ ...letter, productName: 'x' }, context);
    expect(text.split('\n')).toHaveLength(calm.text.split('\n').length);
  });
});
