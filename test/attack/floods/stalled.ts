import { openSale } from '../host.ts';
import { PLACE } from '../place.ts';
import type { Flood } from './flood.ts';

const VIEWERS = 300;
const OPENS_PER_SECOND = 150;
const REOPENS_PER_SECOND = 10;
const BIDDERS = 5;
const BIDS_PER_SECOND_EACH = 8;
/** In the rest of the time they read again: only so does a client see that it was closed. */
const BIDDING_SHARE = 0.9;

/** Viewers stop reading, so that all they are told waits in the server. */
export const stalled: Flood = {
  name: 'stalled',
  title: `${VIEWERS} viewers of a live sale who stop reading, while ${BIDDERS} others bid`,
  run: async (attack) => {
    const { stalledSale: saleId, viewers, crowd: accounts } = PLACE.attack;
    await openSale(attack.port, saleId);
    let isReading = false;
    const join = `{"type":"joinAuction","data":{"auctionId":${saleId}}}`;
    const audience = attack.crowd({
      count: attack.scaled(VIEWERS),
      opensPerSecond: OPENS_PER_SECOND,
      reopensPerSecond: REOPENS_PER_SECOND,
      open: (index) => {
        const userId = viewers[index] ?? 0;
        return attack.openAs(userId, '/ws/', userId, {
          opened: (socket) => socket.send(join),
          read: (_bytes, _start, _end, socket) => {
            socket.isStalled = !isReading;
            return 'viewer told';
          },
        });
      },
    });
    const bidders = attack.crowd({
      count: BIDDERS,
      opensPerSecond: OPENS_PER_SECOND,
      reopensPerSecond: REOPENS_PER_SECOND,
      open: (index) => attack.openAs(accounts[index] ?? 0, '/ws/', index),
    });
    await bidders.gather();
    await audience.gather();
    // Above whatever was bid in a flood before.
    let amount = Math.floor(Date.now() / 1000);
    void bidders.stay();
    await bidders.speak(
      BIDS_PER_SECOND_EACH,
      (socket) => {
        amount += 1;
        socket.send(`{"type":"placeBid","id":${amount},"data":{"auctionId":${saleId},"amount":${amount}}}`);
      },
      attack.timeAt(BIDDING_SHARE),
    );
    isReading = true;
    audience.forEach((viewer) => {
      viewer.isStalled = false;
    });
  },
};
