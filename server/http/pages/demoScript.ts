import { CLOSE_CODES } from '../../../shared/closeCodes.ts';

const FINAL_CODES = Object.values(CLOSE_CODES).flatMap(({ code, reconnect }) => (reconnect ? [] : [code]));

/** What the demo page runs: the protocol in a browser's own words, without a library. */
export const DEMO_SCRIPT = `
const $ = (id) => document.getElementById(id);
const FINAL_CODES = ${JSON.stringify(FINAL_CODES)};
let socket, endsAtMs = 0, serverAheadMs = 0;

function watch() {
  socket?.close();
  const address = location.origin.replace('http', 'ws') + '/ws/auction/' + $('auction').value + '/';
  const mine = (socket = new WebSocket(address, ['ringside', 'token.' + $('token').value.trim()]));
  mine.onmessage = ({ data }) => mine === socket && receive(JSON.parse(data));
  mine.onclose = ({ code, reason }) => {
    if (mine !== socket) return;
    say('Connection closed: ' + code + ' ' + reason);
    if (!FINAL_CODES.includes(code)) setTimeout(() => mine === socket && watch(), 3000);
  };
}

function receive({ type, data, message, server_time }) {
  if (type === 'auction_status') showAuction(data, server_time);
  if (type === 'new_bid') showBid(data);
  if (type === 'auction_started') showStatus(data.status);
  if (type === 'auction_ended') showStatus(data.status, data.winner);
  if (type === 'notification') say(data.title + '. ' + data.message);
  if (type === 'error') say(message);
}

function bid() {
  if (socket?.readyState !== WebSocket.OPEN) return say('Not connected');
  socket.send(JSON.stringify({ type: 'place_bid', amount: $('amount').value }));
  $('amount').value = '';
}

function showAuction(auction, serverTime) {
  serverAheadMs = Date.parse(serverTime) - Date.now();
  endsAtMs = Date.parse(auction.end_time);
  $('name').textContent = auction.product.name;
  $('description').textContent = auction.product.description;
  $('seller').textContent = auction.seller.brand_name ?? auction.seller.username;
  $('price').textContent = auction.current_price;
  $('bids').replaceChildren();
  for (const earlier of auction.latest_bids.toReversed()) showBid({ ...earlier, current_price: auction.current_price });
  showStatus(auction.status, auction.winner?.username);
  $('lot').hidden = false;
  tick();
}

function showBid({ bidder, amount, time, current_price }) {
  $('price').textContent = current_price;
  $('bids').prepend(line(bidder + ' bid ' + amount + ' at ' + new Date(time).toLocaleTimeString()));
}

function showStatus(status, winner) {
  $('status').textContent = winner ? status + ', won by ' + winner : status;
  $('bid').hidden = $('left').hidden = status !== 'active';
}

function say(text) {
  $('messages').prepend(line(new Date().toLocaleTimeString() + ' ' + text));
}

function line(text) {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}

function tick() {
  const seconds = Math.max(0, Math.ceil((endsAtMs - serverAheadMs - Date.now()) / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  $('left').textContent = parts.map((part) => String(part).padStart(2, '0')).join(':') + ' left';
}

async function fill(select, path, option) {
  const answer = await (await fetch(path)).json();
  select.append(...(answer.results ?? answer).map((row) => new Option(...option(row))));
}

$('choose').onsubmit = (event) => { event.preventDefault(); watch(); };
$('bid').onsubmit = (event) => { event.preventDefault(); bid(); };
$('who').onchange = () => { $('token').value = $('who').value; };
setInterval(tick, 500);

await fill($('auction'), '/api/auctions/', (row) => [row.auction_id + ' ' + row.product_name, row.auction_id]);
await fill($('who'), '/dev/tokens/', (user) => [user.username + ' (' + user.role + ')', user.token]);
const asked = new URLSearchParams(location.search).get('auction');
if (/^[0-9]+$/.test(asked ?? '')) {
  if (!$('auction').querySelector('[value="' + asked + '"]')) $('auction').append(new Option(asked, asked));
  $('auction').value = asked;
}
if ($('who').options.length > 1) $('who').selectedIndex = 1;
$('token').value = $('who').value;
if ($('auction').value && $('token').value) watch();
`;
