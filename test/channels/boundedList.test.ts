import { describe, expect, it } from 'vitest';
import { BoundedList } from '../../server/channels/boundedList.ts';

const AUCTION = 7;
const lines = (...texts: string[]) => texts.map((text) => ({ text }));
/** A model of that text takes its length in bytes and two quotation marks, and a comma follows it. */
const bytesOf = (...texts: string[]) => texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 0);

function listOf(maxBytes: number) {
  const modelled: string[] = [];
  const list = new BoundedList<{ readonly text: string }, string>(maxBytes, ({ text }, auctionId) => {
    modelled.push(`${auctionId} ${text}`);
    return text;
  });
  return { list, modelled };
}

describe('a bounded list', () => {
  it('[SA7] holds the newest lines that fit, to the byte', () => {
    const all = lines('ccc', 'bb', 'a');
    const exact = bytesOf('ccc', 'bb', 'a');
    expect(listOf(exact).list.newestFirst(all, AUCTION)).toEqual(['ccc', 'bb', 'a']);
    expect(listOf(exact - 1).list.newestFirst(all, AUCTION)).toEqual(['ccc', 'bb']);
  });

  it('[SA7] counts bytes and not characters', () => {
    const all = lines('ääää', 'b');
    expect(listOf(bytesOf('xxxx', 'b')).list.newestFirst(all, AUCTION)).toEqual(['ääää']);
  });

  it('[SA7] shows nothing older than a line that does not fit', () => {
    const all = lines('a', 'b'.repeat(50), 'c');
    expect(listOf(bytesOf('a', 'c')).list.newestFirst(all, AUCTION)).toEqual(['a']);
  });

  it('[SA7] shows the newest line however long it is', () => {
    const all = lines('x'.repeat(100), 'y');
    expect(listOf(10).list.newestFirst(all, AUCTION)).toEqual(['x'.repeat(100)]);
    expect(listOf(10).list.newestFirst([], AUCTION)).toEqual([]);
  });

  it('[SA7] leaves the oldest out of lines that stand oldest first too, and keeps their order', () => {
    const all = lines('a', 'bb', 'ccc');
    expect(listOf(bytesOf('bb', 'ccc')).list.oldestFirst(all, AUCTION)).toEqual(['bb', 'ccc']);
  });

  it('[LI8] is not bounded by 0', () => {
    const all = lines(...Array.from({ length: 1_000 }, () => 'x'.repeat(100)));
    expect(listOf(0).list.newestFirst(all, AUCTION)).toHaveLength(1_000);
  });

  it('makes the model of a line once, for that auction', () => {
    const { list, modelled } = listOf(0);
    const all = lines('a', 'b');
    list.newestFirst(all, AUCTION);
    list.oldestFirst(all, AUCTION);
    expect(modelled).toEqual(['7 a', '7 b']);
  });
});
