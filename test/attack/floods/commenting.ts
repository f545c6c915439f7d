import type { Attack } from '../attacker/attack.ts';
import { textFrame } from '../attacker/frames.ts';
import { openSale } from '../host.ts';
import { PLACE } from '../place.ts';

const VIEWERS = 200;
const OPENS_PER_SECOND = 100;
const REOPENS_PER_SECOND = 10;
/** Four times what one connection may send for long. */
const PER_SECOND_EACH = 2;
/** As long as a comment may be; three bytes each. */
const COMMENT = '漢'.repeat(500);
const ADDRESSES = 10;

/** Has these accounts, one a socket, comment on a live sale that {@link VIEWERS} others watch. */
export async function commenting(attack: Attack, saleId: number, accounts: readonly number[]): Promise<void> {
  await openSale(attack.port, saleId);
  const join = `{"type":"joinAuction","data":{"auctionId":${saleId}}}`;
  const viewers = attack.crowd({
    count: attack.scaled(VIEWERS),
    opensPerSecond: OPENS_PER_SECOND,
    reopensPerSecond: 0,
    open: (index) => {
      const userId = PLACE.attack.viewers[index] ?? 0;
      return attack.openAs(userId, '/ws/', userId, {
        opened: (socket) => socket.send(join),
        read: () => 'viewer told',
      });
    },
  });
  const speakers = attack.crowd({
    count: attack.scaled(accounts.length),
    opensPerSecond: OPENS_PER_SECOND,
    reopensPerSecond: REOPENS_PER_SECOND,
    open: (index) => attack.openAs(accounts[index] ?? 0, '/ws/', index % ADDRESSES),
  });
  let id = 0;
  const comment = () => {
    id += 1;
    return textFrame(`{"type":"comment","id":${id},"data":{"auctionId":${saleId},"comment":"${COMMENT}"}}`);
  };
  await viewers.gather();
  await speakers.gather();
  await Promise.all([
    speakers.stay(),
    speakers.speak(PER_SECOND_EACH, (socket) => socket.sendBytes(comment())),
  ]);
  let lost = 0;
  viewers.forEach((viewer) => {
    if (viewer.isGone) lost += 1;
  });
  if (lost > 0) attack.tally.add('viewer lost', lost);
}
