/** One bound of the server, whose name ends with its unit. 0 switches it off. */
interface Limit {
  /** Where nothing else is set. */
  readonly value: number;
  /** What happens at the bound, in whole sentences: the text of the operators' table. */
  readonly effect: string;
}

/** Every bound there is. Each is set by an environment variable: `maxFrameBytes` by `LIMIT_MAX_FRAME_BYTES`. */
export const LIMITS = {
  maxFrameBytes: limit(16 * 1024, 'A larger message closes its socket with 1009.'),
  maxBodyBytes: limit(64 * 1024, 'A larger REST body is answered with HTTP 413.'),
  maxPictureBytes: limit(
    2 * 1024 * 1024,
    'A larger file below `/media/` is answered with HTTP 404, and the log says so.',
  ),
  maxBufferedBytes: limit(
    1024 * 1024,
    'A socket with more waiting to be sent is closed; its client gets a snapshot when it comes back.',
  ),
  totalBufferedBytes: limit(
    32 * 1024 * 1024,
    'With more waiting to be sent over all sockets, those with the most are closed.',
  ),
  listBytes: limit(32 * 1024, 'A list of bids or comments in a live sale holds the newest lines that fit.'),
  listItems: limit(
    100,
    'A list of bids or comments in a live sale holds that many of the newest lines of its round.',
  ),
  messageBurst: limit(20, 'Messages that a connection may send at once. Further ones get `rate_limited`.'),
  messagesPerSecond: limit(
    10,
    'Messages that a connection may send in the long run. Further ones get `rate_limited`.',
  ),
  rateStrikes: limit(30, 'That many `rate_limited` errors within 10 seconds close the socket with 4429.'),
  userMessageBurst: limit(
    100,
    'Messages that a user (an address without a token) may send at once over all connections. Further ones get `rate_limited`.',
  ),
  userMessagesPerSecond: limit(
    30,
    'Messages that a user (an address without a token) may send in the long run over all connections. Further ones get `rate_limited`.',
  ),
  userBidBurst: limit(
    40,
    'Bids that a user may place at once over all connections. Further ones get `rate_limited`.',
  ),
  userBidsPerSecond: limit(
    20,
    'Bids that a user may place in the long run over all connections. Further ones get `rate_limited`.',
  ),
  commentBurst: limit(
    5,
    'Comments that a user may send at once over all connections. Further ones get `rate_limited`.',
  ),
  commentsPerMinute: limit(
    30,
    'Comments that a user may send in the long run over all connections. Further ones get `rate_limited`.',
  ),
  joinBurst: limit(
    60,
    'Joins and leaves that a user (an address without a token) may ask for at once over all connections. Further ones get `rate_limited`.',
  ),
  joinsPerMinute: limit(
    240,
    'Joins and leaves that a user (an address without a token) may ask for in the long run over all connections. Further ones get `rate_limited`.',
  ),
  restBurst: limit(
    100,
    'REST requests that a user (an address without a token) may send at once. Further ones are answered with HTTP 429.',
  ),
  restRequestsPerSecond: limit(
    20,
    'REST requests that a user (an address without a token) may send in the long run. Further ones are answered with HTTP 429.',
  ),
  connectionsPerUser: limit(50, 'The oldest socket of a user with more is closed with 4409.'),
  openConnectionsPerAddress: limit(0, 'The oldest socket of an address with more is closed with 4409.'),
  connectionsPerMinute: limit(
    600,
    'Further connections from one address are answered with HTTP 429, or in a Socket.IO namespace with `too_many_connections`.',
  ),
  otpPerMinute: limit(
    30,
    'Further login codes that one address asks for or tries are answered with HTTP 429.',
  ),
  otpMessagesPerHour: limit(5, 'Further login codes for one phone number are answered with HTTP 429.'),
  otpMessagesPerDay: limit(10, 'Further login codes for one phone number are answered with HTTP 429.'),
  smsPerMinute: limit(60, 'Further login codes, for any phone number, are answered with HTTP 429.'),
  identityWaitMs: limit(
    10_000,
    'A socket whose token is not verified by then is closed with 4408. A Socket.IO connection that has joined no namespace by then is closed.',
  ),
  earlyBytes: limit(32 * 1024, 'More sent before the connection is ready closes its socket with 4408.'),
  pingEveryMs: limit(25_000, 'A socket that has been silent that long is pinged.'),
  idleMs: limit(60_000, 'A socket that has been silent that long, pongs included, is closed with 4408.'),
  connectionAgeMs: limit(
    86_400_000,
    'A socket that has been open that long, or up to a twentieth less, is closed with 1012.',
  ),
  auctioneerIdleMs: limit(
    10_000,
    'The socket of an auctioneer in a ring that has been silent that long, pongs included, is closed with 4408; it is pinged after a third of that.',
  ),
  receiptsPerUser: limit(1_000, 'Older outcomes of a user leave the memory before their five minutes.'),
  receiptBytes: limit(64 * 1024 * 1024, 'The oldest outcomes leave the memory before their five minutes.'),
  lookupsPerUser: limit(
    100,
    'Further look-ups by one user of auctions that are not in memory are refused with `busy`.',
  ),
  laneCommands: limit(10_000, 'Further commands that would wait for one auction are refused with `busy`.'),
  ringPauseAfterMs: limit(4_000, 'A ring whose auctioneer has been gone that long is paused.'),
  ringCloseAfterMs: limit(60_000, 'A ring whose auctioneer has been gone that long is closed.'),
  hostAbsentMs: limit(
    10_000,
    'Viewers of a live sale get `broadCasterLeft` when its host, who had joined it, has been without a connection that long.',
  ),
  callRingMs: limit(30_000, 'A call that has not been answered by then is missed.'),
  callAbsentMs: limit(60_000, 'A call ends when one side has been away from its room that long.'),
  callConnectionsPerMinute: limit(
    10,
    'Further connections for calls from one address are answered with HTTP 429, or in a Socket.IO namespace with `too_many_connections`.',
  ),
  callInitiatesPerMinute: limit(
    5,
    'Further calls that a user starts are refused with `too_many_call_attempts`.',
  ),
  callCancelsPerMinute: limit(
    20,
    'Further calls that a user cancels are refused with `too_many_call_attempts`.',
  ),
  callEndsPerMinute: limit(
    20,
    'Further calls that a user or telecaller ends are refused with `too_many_call_attempts`.',
  ),
  drainMs: limit(30_000, 'A shutdown that takes longer is cut short.'),
} as const satisfies Record<string, Limit>;

/** The name of a limit. */
export type LimitName = keyof typeof LIMITS;

/** The limits in force; 0 means none. */
export type Limits = Readonly<Record<LimitName, number>>;

function limit(value: number, effect: string): Limit {
  return { value, effect };
}
